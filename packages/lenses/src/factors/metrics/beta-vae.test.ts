import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { betaVae } from "./beta-vae.js";
import { combinations, represent } from "./representations.testing.js";

const random = () => seededRandom(2);
const options = { examples: 1000, measured: 1000 };

test("two latents for two of four factors: the other two cannot be told from each other, and guessing is right half the time", () => {
  const factors = combinations([4, 4, 4, 4], 4);
  const { score, byFactor } = betaVae(
    represent(factors, ([a, b]) => [a, b]),
    random(),
    options,
  );
  expect([...byFactor!.subarray(0, 2)]).toEqual([1, 1]);
  expect(byFactor![2] + byFactor![3]).toBeCloseTo(1, 0);
  expect(score).toBeCloseTo(0.75, 1);
});

test("the table says how much pairs differ: not at all where their own factor is shared", () => {
  const factors = combinations([2, 2], 100);
  const { matrix } = betaVae(
    represent(factors, ([a, b]) => [a, 9 * b]),
    random(),
    options,
  );
  // Of a factor of two values half of the pairs differ, by two standard deviations: 1 in the mean.
  expect([...matrix.values]).toEqual([0, expect.closeTo(1, 1), expect.closeTo(1, 1), 0]);
});

test("mixed axes may be told too, since the classifier weighs latents", () => {
  const factors = combinations([4, 4], 20);
  const { score } = betaVae(
    represent(factors, ([a, b]) => [2 * a + b, a - 2 * b]),
    random(),
    options,
  );
  expect(score).toBeGreaterThan(0.95);
});

test("constant latents are left out; with no others the score is that of guessing", () => {
  const factors = combinations([4, 4, 4], 10);
  expect(
    betaVae(
      represent(factors, ([a, b, c]) => [1, a, b, c]),
      random(),
      options,
    ).score,
  ).toBe(1);
  expect(
    betaVae(
      represent(factors, () => [1]),
      random(),
      options,
    ).score,
  ).toBeCloseTo(1 / 3, 12);
});
