import fc from "fast-check";
import { expect, test } from "vitest";
import { spansOf, tilingOf } from "./tiles.js";

const length = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 5000 }));
const longest = fc.oneof(fc.integer({ min: 1, max: 130 }), fc.constantFrom(224, 512, 640));

test("whatever the sizes, all tiles together keep each pixel's gradient once", () => {
  fc.assert(
    fc.property(
      length,
      longest,
      fc.boolean(),
      fc.integer({ min: -3000, max: 3000 }),
      (length, longest, fixed, offset) => {
        const tiling = tilingOf({ length, longest, fixed });
        expect(tiling.size).toBeLessThanOrEqual(longest);
        const total = new Float64Array(length);
        for (const { places, weights } of spansOf(tiling, offset)) {
          expect(places.length).toBe(tiling.size);
          places.forEach((place, i) => {
            total[place] += weights[i];
          });
        }
        expect(total.every((v) => Math.abs(v - 1) < 1e-5)).toBe(true);
      },
    ),
    { numRuns: 300 },
  );
});

test("tiles lie on one grid of the network, and are no more than are needed", () => {
  fc.assert(
    fc.property(length, fc.constantFrom(224, 320, 640), (length, longest) => {
      const { count, stride, size, cut, fade } = tilingOf({ length, longest });
      if (count > 1) expect(stride % 32).toBe(0);
      expect(stride).toBeLessThanOrEqual(size - 2 * cut - fade);
      expect(count).toBeLessThanOrEqual(1 + length / (0.8 * longest - 32));
    }),
  );
});

test("one tile of a short axis is no longer than what it keeps and what it fades", () => {
  expect(tilingOf({ length: 300, longest: 640 })).toMatchObject({ count: 1, size: 448 });
  expect(tilingOf({ length: 300, longest: 640, fixed: true })).toMatchObject({ count: 1, size: 640 });
  expect(tilingOf({ length: 4000, longest: 640 })).toMatchObject({ count: 8, size: 640 });
});

test("nothing is kept of a tile's ends, and what is kept begins softly", () => {
  const [{ weights }] = spansOf(tilingOf({ length: 4000, longest: 640 }), 0);
  expect(weights.subarray(0, 32).every((v) => v === 0)).toBe(true);
  expect(weights.subarray(608).every((v) => v === 0)).toBe(true);
  const steps = weights.subarray(1).map((v, i) => Math.abs(v - weights[i]));
  expect(Math.max(...steps)).toBeLessThan(0.04);
});
