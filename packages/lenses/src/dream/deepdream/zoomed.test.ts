import { expect, test } from "vitest";
import { zoomed } from "./zoomed.js";

const slope = { width: 9, height: 5, channels: 1, data: Float32Array.from({ length: 45 }, (_, i) => i % 9) };
const row = (picture: { data: Float32Array }) => [...picture.data.subarray(18, 27)];

test("nearer, everything moves away from the middle", () => {
  row(zoomed(slope, { factor: 2 })).forEach((v, i) => {
    expect(v).toBeCloseTo(4 + (i - 4) / 2, 5);
  });
});

test("farther, the picture goes on as its mirror image", () => {
  expect(row(zoomed(slope, { factor: 0.5 }))).toEqual([4, 2, 0, 2, 4, 6, 8, 6, 4]);
});

test("turned by a quarter, what was on the left is on top", () => {
  const square = { width: 5, height: 5, channels: 1, data: Float32Array.from({ length: 25 }, (_, i) => i % 5) };
  const turned = zoomed(square, { factor: 1, degrees: 90 });
  turned.data.forEach((v, i) => {
    expect(v).toBeCloseTo(Math.floor(i / 5), 5);
  });
});

test("at factor 1 nothing changes, and a single pixel stays", () => {
  expect(zoomed(slope, { factor: 1 }).data).toEqual(slope.data);
  const dot = { width: 1, height: 1, channels: 3, data: Float32Array.of(0.1, 0.2, 0.3) };
  expect(zoomed(dot, { factor: 1.3, degrees: 20 }).data).toEqual(dot.data);
});
