/** @file fontFaces: our font within a page's style, so that every machine shows the same without a network. */
import { readFileSync } from "node:fs";
import { fontFiles } from "./lettering.js";

/** The weights of `fontFiles`, in its order. */
const weights = [400, 700];

/** CSS that holds the whole font, about 140 kB. */
export function fontFaces(): string {
  return fontFiles
    .map((file, i) => {
      const bytes = readFileSync(file).toString("base64");
      return `@font-face { font-family: "Atkinson Hyperlegible"; font-weight: ${weights[i]}; src: url("data:font/ttf;base64,${bytes}") }`;
    })
    .join("\n");
}
