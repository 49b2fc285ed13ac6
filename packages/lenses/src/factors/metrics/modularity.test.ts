import { expect, test } from "vitest";
import { modularity } from "./modularity.js";
import { combinations, represent } from "./representations.testing.js";

test("a latent that fits its template, one factor and nothing else, has modularity 1", () => {
  const factors = combinations([2, 3, 4], 2);
  const { score, byLatent } = modularity(represent(factors, ([a, b, c]) => [a, b, -c, 3 * c]));
  expect(score).toBeCloseTo(1, 12);
  expect(byLatent).toHaveLength(4);
});

test("a latent that tells two of K factors alike departs from its template by 1 / (K − 1)", () => {
  for (const others of [[], [2], [2, 2]]) {
    const factors = combinations([2, 2, ...others], 16);
    const { score } = modularity(represent(factors, ([a, b]) => [2 * a + b]));
    expect(score, `${factors.length} factors`).toBeCloseTo(1 - 1 / (factors.length - 1), 12);
  }
});

test("log 4 nats of one factor and log 2 of the other: 1 − (1/2)²", () => {
  const { score } = modularity(represent(combinations([4, 2], 5), ([a, b]) => [2 * a + b]));
  expect(score).toBeCloseTo(1 - (Math.log(2) / Math.log(4)) ** 2, 12);
});

test("all factors alike, as after a rotation of them all: 0", () => {
  const { score } = modularity(represent(combinations([3, 3], 5), ([a, b]) => [a + b, a - b]));
  expect(score).toBeCloseTo(0, 12);
});

test("latents that tell nothing count as 0, and a figure leaves them out", () => {
  const { score, figures, notes } = modularity(represent(combinations([2, 2], 5), ([a, b]) => [a, b, 7]));
  expect(score).toBeCloseTo(2 / 3, 12);
  expect(figures["informative latents"]).toBeCloseTo(1, 12);
  expect(notes).toEqual(["1 of 3 latents tell nothing and count as 0."]);
});

test("with a single factor there is nothing to compare", () => {
  expect(() => modularity(represent(combinations([4], 10), ([v]) => [v]))).toThrow(
    expect.objectContaining({ code: "FACTORS_FEW" }),
  );
});
