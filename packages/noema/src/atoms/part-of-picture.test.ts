import { expect, test } from "vitest";
import { partOfPicture } from "./part-of-picture.js";

const form = { channels: 2, height: 8, width: 16 };
/** In the first channel how far right, in the second how far down. */
const ramp = () =>
  Float32Array.from({ length: 256 }, (_, i) => (i < 128 ? (i % 16) + 0.5 : Math.floor((i - 128) / 16) + 0.5));
const mean = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;

test("is around the place, half as high and as wide as the shorter side is long, and as large as the picture", () => {
  const picture = ramp();
  partOfPicture(picture, form, { y: 1, x: 2, positions: [4, 4] });
  // The place is at 10 from the left, 3 from above; 4 pixels of each side are seen.
  expect(mean(picture.subarray(0, 128))).toBeCloseTo(10, 4);
  expect(mean(picture.subarray(128))).toBeCloseTo(3, 4);
  expect([Math.min(...picture.subarray(0, 128)) > 8, Math.max(...picture.subarray(0, 128)) < 12]).toEqual([true, true]);
});

test("at a corner stays within the picture", () => {
  const picture = ramp();
  partOfPicture(picture, form, { y: 3, x: 3, positions: [4, 4] });
  expect([mean(picture.subarray(0, 128)), mean(picture.subarray(128))].map((v) => Math.round(v))).toEqual([14, 6]);
});
