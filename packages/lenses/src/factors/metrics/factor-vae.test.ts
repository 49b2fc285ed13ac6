import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { factorVae } from "./factor-vae.js";
import { combinations, represent } from "./representations.testing.js";

const random = () => seededRandom(2);

test("two latents for two of four factors: votes for the other two are lost, and the score is one half", () => {
  const factors = combinations([4, 4, 4, 4], 4);
  const { score, byFactor } = factorVae(
    represent(factors, ([a, b]) => [a, b]),
    random(),
  );
  expect([...byFactor!]).toEqual([1, 1, 0, 0]);
  // Factors are drawn at random: 5000 draws are off by 0.02 once in two hundred times.
  expect(score).toBeCloseTo(0.5, 1);
});

test("a latent's own scale does not matter: the variance is relative to that among all pictures", () => {
  const factors = combinations([5, 5], 20);
  const { score, matrix } = factorVae(
    represent(factors, ([a, b]) => [1e4 * a, 1e-4 * b]),
    random(),
  );
  expect(score).toBe(1);
  expect([...matrix.values]).toEqual([1, 0, 0, 1]);
});

test("a constant latent gets no vote, though nothing varies less", () => {
  const factors = combinations([5, 5], 20);
  const { score, matrix, notes } = factorVae(
    represent(factors, ([a, b]) => [7, a, b]),
    random(),
  );
  expect(score).toBe(1);
  expect([...matrix.values]).toEqual([0, 1, 0, 0, 0, 1]);
  expect(notes).toEqual(["1 of 3 latents are constant and were left out."]);
  expect(
    factorVae(
      represent(factors, () => [7, 8]),
      random(),
    ).score,
  ).toBe(0);
});

test("few pictures of a value are not recognized by themselves: noise stays at chance", () => {
  // Forty persons with ten pictures each, four expressions; votes on the same pictures again would be told by heart.
  const draw = seededRandom(5);
  const factors = combinations([40, 5], 2);
  const noise = represent(factors, () => Array.from({ length: 100 }, () => draw.normal()));
  const { score } = factorVae(noise, random(), { votes: 1000, countedVotes: 1000 });
  expect(score).toBeGreaterThan(0.35);
  expect(score).toBeLessThan(0.65);
});

test("a factor of which no two pictures share a value is left out; of what is left there must be two", () => {
  const [a, b] = combinations([5, 5], 20);
  const names = { name: "names", values: Array.from(a.of, (_, i) => `${i}`), of: a.of.map((_, i) => i) };
  const { score, factors, notes } = factorVae(
    represent([a, b, names], ([v, w]) => [v, w]),
    random(),
  );
  expect(score).toBe(1);
  expect(factors).toEqual(["factor 1", "factor 2"]);
  expect(notes).toEqual([expect.stringContaining('"names"')]);
  expect(() =>
    factorVae(
      represent([a, names], ([v]) => [v]),
      random(),
    ),
  ).toThrow(expect.objectContaining({ code: "FACTORS_FEW" }));
});
