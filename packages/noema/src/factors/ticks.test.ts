import fc from "fast-check";
import { expect, test } from "vitest";
import { niceTicks, tickText } from "./ticks.js";

const ranges = fc
  .tuple(fc.double({ min: -1e5, max: 1e5, noNaN: true }), fc.double({ min: 1e-3, max: 1e5, noNaN: true }))
  .map(([low, length]) => [low, low + length] as const);

test("ticks lie within the range, are told apart by their texts, and are about as many as asked for", () => {
  fc.assert(
    fc.property(ranges, fc.integer({ min: 3, max: 10 }), ([low, high], count) => {
      const ticks = niceTicks(low, high, count);
      const slack = 1e-6 * (high - low);
      expect(ticks.every((tick) => tick >= low - slack && tick <= high + slack)).toBe(true);
      expect(ticks.length).toBeGreaterThanOrEqual(Math.floor(count / 3));
      expect(ticks.length).toBeLessThanOrEqual(count + 1);
      const texts = ticks.map((tick) => tickText(tick, ticks));
      // Far from 0, ticks close to each other need more digits than an axis has room for.
      if (high - low > 1e-4 * Math.max(Math.abs(low), Math.abs(high))) expect(new Set(texts).size).toBe(ticks.length);
    }),
  );
});

test.each<[number, number, number, string[]]>([
  [-0.62, 0.55, 6, ["−0.6", "−0.4", "−0.2", "0", "0.2", "0.4"]],
  [1, 10, 5, ["2", "4", "6", "8", "10"]],
  [0, 0.0004, 4, ["0", "0.0001", "0.0002", "0.0003", "0.0004"]],
  [0, 3e6, 3, ["0", "1.0e6", "2.0e6", "3.0e6"]],
  [-2e-6, 0, 2, ["−2.0e−6", "−1.0e−6", "0"]],
  [5, 5, 4, ["5"]],
])("from %d to %d, about %i", (low, high, count, texts) => {
  const ticks = niceTicks(low, high, count);
  expect(ticks.map((tick) => tickText(tick, ticks))).toEqual(texts);
});
