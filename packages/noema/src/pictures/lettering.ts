/** @file Lettering: SVG with text to pixels, in a font that is installed with us, so that every machine shows the same. */
import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";
import type { Pixels } from "./png.js";

/** Atkinson Hyperlegible (Braille Institute, SIL Open Font Licence). */
const fontFamily = "Atkinson Hyperlegible";
export const fontFiles = [
  "400Regular/AtkinsonHyperlegible_400Regular.ttf",
  "700Bold/AtkinsonHyperlegible_700Bold.ttf",
].map((file) => createRequire(import.meta.url).resolve(`@expo-google-fonts/atkinson-hyperlegible/${file}`));

/** Draws an SVG as opaque RGB. The fonts of the machine are not looked at. */
export function drawSvg(svg: string): Pixels {
  const font = { fontFiles, loadSystemFonts: false, defaultFontFamily: fontFamily };
  const { pixels, width, height } = new Resvg(svg, { font, background: "#ffffff" }).render();
  const data = new Uint8Array(3 * width * height);
  for (let i = 0, at = 0; at < data.length; i += 4) {
    data[at++] = pixels[i];
    data[at++] = pixels[i + 1];
    data[at++] = pixels[i + 2];
  }
  return { width, height, channels: 3, data };
}

/** Text as it may stand in SVG. */
export function escapeXml(text: string): string {
  const names: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (character) => names[character]);
}
