import { expect, test } from "vitest";
import { mig } from "./mig.js";
import { combinations, represent } from "./representations.testing.js";

const bit = (value: number, place: number) => (value >> place) & 1;

test("a factor split evenly over two latents has no gap: each tells log 2 of log 4", () => {
  const four = combinations([4], 10);
  const split = mig(represent(four, ([v]) => [bit(v, 0), bit(v, 1)]));
  expect(split.score).toBeCloseTo(0, 12);
  expect([...split.matrix.values]).toEqual([expect.closeTo(0.5, 12), expect.closeTo(0.5, 12)]);
});

test("a latent that tells half, beside one that tells nothing or everything, leaves a gap of one half", () => {
  const four = combinations([4], 10);
  expect(mig(represent(four, ([v], i) => [bit(v, 0), i % 2])).score).toBeCloseTo(0.5, 12);
  expect(mig(represent(four, ([v]) => [bit(v, 0), v])).score).toBeCloseTo(0.5, 12);
});

test("a value that is told rightly three times in four leaves log 2 − H(1/4) nats", () => {
  const two = combinations([2], 16);
  // Each fourth picture has the other value's latent, evenly in both values.
  const { score } = mig(represent(two, ([v], i) => [i % 4 === 0 ? 1 - v : v, 0]));
  const entropyInBits = -(0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75));
  expect(score).toBeCloseTo(1 - entropyInBits, 12);
});

test("the score is the mean of the factors' gaps", () => {
  const factors = combinations([4, 2], 5);
  const { score, byFactor, factors: names } = mig(represent(factors, ([v, w]) => [bit(v, 0), bit(v, 1), w]));
  expect(names).toEqual(["factor 1", "factor 2"]);
  expect([...byFactor!]).toEqual([expect.closeTo(0, 12), expect.closeTo(1, 12)]);
  expect(score).toBeCloseTo(0.5, 12);
});

test("one latent: the second best tells nothing, and a note says so", () => {
  const { score, notes } = mig(represent(combinations([4], 10), ([v]) => [v]));
  expect(score).toBeCloseTo(1, 12);
  expect(notes).toEqual([expect.stringContaining("one latent")]);
});

test("of forty values, twenty bins can tell log 20 of log 40, and `highest` says so", () => {
  const forty = combinations([40], 3);
  const { score, highest } = mig(represent(forty, ([v]) => [v, 0]));
  expect(highest).toBeCloseTo(Math.log(20) / Math.log(40), 12);
  expect(score).toBeCloseTo(highest, 12);
  expect(
    mig(
      represent(forty, ([v]) => [v, 0]),
      { bins: 40 },
    ).score,
  ).toBeCloseTo(1, 12);
});

test("one picture far away puts all others into one bin: the bins are equally wide", () => {
  const factors = combinations([4], 100);
  const far = represent(factors, ([v], i) => [i === 0 ? 1e6 : v, 0]);
  expect(mig(far).score).toBeLessThan(0.01);
});

test("the bins are those asked for, and must be", () => {
  const factors = combinations([4], 10);
  expect(
    mig(
      represent(factors, ([v]) => [v, 0]),
      { bins: 2 },
    ).score,
  ).toBeCloseTo(0.5, 12);
  for (const bins of [0, 1, 2.5, Number.NaN, 1e6]) {
    expect(() =>
      mig(
        represent(factors, ([v]) => [v, 0]),
        { bins },
      ),
    ).toThrow(expect.objectContaining({ code: "METRIC_OPTION" }));
  }
});
