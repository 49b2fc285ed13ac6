import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import type { KnownFactor, Representation } from "./representation.js";
import { combinations, represent } from "./representations.testing.js";
import { sap } from "./sap.js";

const measured = (representation: Representation) => sap(representation, seededRandom(3));
const asQuantity = (factor: KnownFactor): KnownFactor => ({ ...factor, numbers: factor.values.map(Number) });

test("a perfect latent beside a constant: 1 − 1 / values, the highest there is", () => {
  for (const count of [2, 4, 10]) {
    const { score, highest } = measured(represent(combinations([count], 40), ([v]) => [v ** 3, 5]));
    expect(score).toBeCloseTo(1 - 1 / count, 12);
    expect(highest).toBeCloseTo(1 - 1 / count, 12);
  }
});

test("a latent that tells one bit of four values is right for two of them", () => {
  const { score, matrix } = measured(represent(combinations([4], 40), ([v]) => [v >> 1, 5]));
  expect([...matrix.values]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.25, 12)]);
  expect(score).toBeCloseTo(0.25, 12);
});

test("a value in the middle is told from those on both sides", () => {
  const { matrix } = measured(represent(combinations([3], 40), ([v]) => [v, 5]));
  expect(matrix.values[0]).toBe(1);
});

test("a frequent value gains nothing: a latent that tells nothing is right for one value of two", () => {
  const rare = {
    name: "rare",
    values: ["no", "yes"],
    of: Int32Array.from({ length: 400 }, (_, i) => (i % 20 ? 0 : 1)),
  };
  const { matrix } = measured(represent([rare], ([v]) => [v, 0]));
  expect([...matrix.values]).toEqual([1, 0.5]);
});

test("a quantity is predicted linearly: half of the latent is the factor, half is not, R² is one half", () => {
  // Of two factors of variances alike, each explains half of the variance of their sum.
  const factors = combinations([5, 5], 4);
  const [a] = factors.map(asQuantity);
  const { score, highest, matrix } = measured(represent([a], (_, i) => [a.of[i] + factors[1].of[i], factors[1].of[i]]));
  expect([...matrix.values]).toEqual([expect.closeTo(0.5, 6), expect.closeTo(0, 6)]);
  expect(score).toBeCloseTo(0.5, 6);
  expect(highest).toBe(1);
});

test("of a quantity a constant latent explains nothing, however large it is", () => {
  const [a] = combinations([5], 20).map(asQuantity);
  expect(measured(represent([a], ([v]) => [v, 16_777_217])).matrix.values[1]).toBe(0);
});

test("thresholds are measured on other pictures than they were fitted to: noise tells no more than chance", () => {
  const random = seededRandom(8);
  const { matrix } = measured(
    represent(combinations([40], 6), () => Array.from({ length: 30 }, () => random.normal())),
  );
  const mean = matrix.values.reduce((sum, accuracy) => sum + accuracy, 0) / 30;
  expect(mean).toBeGreaterThan(0.015);
  expect(mean).toBeLessThan(0.035);
});

test("two latents that predict alike leave no gap", () => {
  expect(measured(represent(combinations([5, 3], 20), ([v, w]) => [v, -v, w, w / 7])).score).toBe(0);
});

test("one latent: the second best predicts as a constant does", () => {
  const { score, notes } = measured(represent(combinations([4], 40), ([v]) => [v]));
  expect(score).toBeCloseTo(0.75, 12);
  expect(notes).toEqual([expect.stringContaining("one latent")]);
});
