import fc from "fast-check";
import { expect, test } from "vitest";
import { drawSome } from "./draw-some.js";

test("any number of any number: that many, rising, the same by the same seed", () => {
  fc.assert(
    fc.property(fc.nat(200), fc.integer({ min: 1, max: 250 }), fc.nat(), (count, most, seed) => {
      const drawn = drawSome(count, most, seed);
      expect(drawn.length).toBe(Math.min(count, most));
      expect(drawn.every((i, at) => i >= 0 && i < count && (at === 0 || i > drawn[at - 1]))).toBe(true);
      expect(drawSome(count, most, seed)).toEqual(drawn);
    }),
  );
});

test("every picture is drawn as often as any other", () => {
  const seen = new Array<number>(10).fill(0);
  for (let seed = 0; seed < 4000; seed++) for (const i of drawSome(10, 3, seed)) seen[i]++;
  for (const count of seen) expect(Math.abs(count - 1200)).toBeLessThan(6 * Math.sqrt(1200 * 0.7));
});

test.each([0, -1, Number.NaN])("%d pictures are refused", (most) => {
  expect(() => drawSome(10, most, 0)).toThrow(/DATASET_EMPTY/);
});
