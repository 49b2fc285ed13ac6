import { expect, test } from "vitest";
import { seededRandom } from "./random.js";

test("gives the same numbers for the same seed, others for another", () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed);
    return Array.from({ length: 5 }, () => random.uniform());
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(2 ** 40)).not.toEqual(draw(0));
});

test("is uniform, normal, and fair between choices", () => {
  const random = seededRandom(1);
  const count = 100_000;
  const mean = (draw: () => number) => Array.from({ length: count }, draw).reduce((a, b) => a + b) / count;
  expect(mean(() => random.uniform())).toBeCloseTo(0.5, 2);
  expect(mean(() => random.uniform() ** 2)).toBeCloseTo(1 / 3, 2);
  expect(Math.abs(mean(() => random.normal()))).toBeLessThan(0.01);
  expect(mean(() => random.normal() ** 2)).toBeCloseTo(1, 1);
  expect(mean(() => random.normal() ** 4)).toBeCloseTo(3, 0);
  expect(mean(() => random.below(5))).toBeCloseTo(2, 1);
  expect(mean(() => random.pick([10, 20]))).toBeCloseTo(15, 0);
});
