import { expect, test } from "vitest";
import { labelOf } from "./label-of.js";

test.each([
  ["n01440764_tench.jpg", "tench"],
  ["n01484850_great_white_shark.jpg", "great white shark"],
  ["n01484850_great_white_shark_0012.jpg", "great white shark"],
  ["cats/tabby/3.png", "cats"],
  ["n01440764_tench/ILSVRC_1.JPEG", "tench"],
  ["n01440764/n01440764_tench.jpg", "tench"],
  ["n01440764/n01440764_10026.jpg", "n01440764"],
  ["holiday.jpg", null],
  ["n01440764_.jpg", null],
  ["n01440764____.jpg", null],
])("%s: %s", (name, label) => {
  expect(labelOf(name)).toBe(label);
});
