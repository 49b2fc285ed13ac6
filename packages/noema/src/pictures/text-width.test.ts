import { Resvg } from "@resvg/resvg-js";
import { describe, expect, test } from "vitest";
import { fontFiles } from "./lettering.js";
import { fitText, textWidth, type Weight } from "./text-width.js";

/** As it is drawn, from the first ink to the last. */
function drawn(text: string, size: number, weight: Weight): number {
  const style = `font-family="Atkinson Hyperlegible" font-size="${size}" font-weight="${weight}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="2000" height="200"><text x="9" y="99" ${style}>${text}</text></svg>`;
  return new Resvg(svg, { font: { fontFiles, loadSystemFonts: false } }).getBBox()!.width;
}

test.each<[string, Weight]>([
  ["inception_4c/output", 400],
  ["tower_0/MobilenetV3/expanded_conv_11/add", 700],
  ["0123456789 Größe “é”", 400],
])("%s in weight %i is as wide as it is drawn", (text, weight) => {
  const [ours, theirs] = [textWidth(text, 40, weight), drawn(text, 40, weight)];
  expect(Math.abs(ours / theirs - 1)).toBeLessThan(0.03);
});

describe("cut to a width", () => {
  const name = "tower_0/MobilenetV3/expanded_conv_11/add";
  test.each([0, 3, 10, 50, 120, 200, 1000])("of %i pixels, it fits, and keeps both ends", (width) => {
    const cut = fitText(name, width, 14, 400);
    expect(textWidth(cut, 14, 400)).toBeLessThanOrEqual(width);
    if (width >= 50) expect([cut[0], cut.at(-1)]).toEqual(["t", "d"]);
    if (width === 1000) expect(cut).toBe(name);
  });
});
