import fc from "fast-check";
import { expect, test } from "vitest";
import { octaveSizes } from "./octaves.js";
import { resample } from "./resample.js";

const side = fc.integer({ min: 1, max: 40 });

test("a plain picture stays plain at any size, and a picture of its own size stays itself", () => {
  fc.assert(
    fc.property(side, side, side, side, (width, height, newWidth, newHeight) => {
      const plain = resample(
        new Float32Array(2 * width * height).fill(0.3),
        { width, height },
        {
          width: newWidth,
          height: newHeight,
        },
      );
      expect(plain.length).toBe(2 * newWidth * newHeight);
      expect(plain.every((v) => Math.abs(v - 0.3) < 1e-5)).toBe(true);
      const picture = Float32Array.from({ length: width * height }, (_, i) => Math.sin(i));
      expect(resample(picture, { width, height }, { width, height })).toEqual(picture);
    }),
  );
});

test("smaller, a picture is the mean of what it covers: stripes of a pixel become grey, none alias", () => {
  const stripes = Float32Array.from({ length: 64 * 64 }, (_, i) => i % 2);
  const small = resample(stripes, { width: 64, height: 64 }, { width: 16, height: 16 });
  expect(small.every((v) => Math.abs(v - 0.5) < 0.1)).toBe(true);
});

test("larger, a slope stays a slope, with its middle where it was", () => {
  const slope = Float32Array.from({ length: 10 }, (_, i) => i);
  const large = resample(slope, { width: 10, height: 1 }, { width: 20, height: 3 });
  for (let i = 1; i < 19; i++) expect(large[20 + i]).toBeCloseTo((i + 0.5) / 2 - 0.5, 5);
});

test("octaves end with the photograph's own size, and none is empty", () => {
  expect(octaveSizes({ width: 1024, height: 575 }, 4, 1.4)).toEqual([
    { width: 373, height: 210 },
    { width: 522, height: 293 },
    { width: 731, height: 411 },
    { width: 1024, height: 575 },
  ]);
  expect(octaveSizes({ width: 3, height: 1 }, 6, 2).every(({ width, height }) => width > 0 && height > 0)).toBe(true);
});
