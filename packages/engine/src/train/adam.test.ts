import { expect, test } from "vitest";
import { input } from "../graph/emit.js";
import { nd } from "../graph/nd.js";
import { evaluate } from "../ops/evaluate.js";
import "../ops/index.js";
import { adam, adamRate } from "./adam.js";

/** The published update, written out for one number. */
function reference(gradients: readonly number[], rate: number): number {
  let [p, m, v] = [0, 0, 0];
  gradients.forEach((g, i) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const unbiased = [m / (1 - 0.9 ** (i + 1)), v / (1 - 0.999 ** (i + 1))];
    p += (rate * unbiased[0]) / Math.sqrt(unbiased[1]);
  });
  return p;
}

test("follows the published update", () => {
  const [parameters, mean, variance, g, rate] = ["p", "m", "v", "g", "rate"].map((name) =>
    input(name, name === "rate" ? [] : [1]),
  );
  const next = adam({ parameters, mean, variance }, g, rate);
  const gradients = [0.3, -0.7, 0.2, 0.9];
  let state = [0, 0, 0];
  gradients.forEach((value, i) => {
    const feeds = new Map([
      ...[parameters, mean, variance].map((v, k) => [v, nd([1], [state[k]])] as const),
      [g, nd([1], [value])] as const,
      [rate, nd([], [adamRate(i + 1, 0.05)])] as const,
    ]);
    state = evaluate([next.parameters, next.mean, next.variance], feeds).map((y) => y.data[0]);
  });
  expect(state[0]).toBeCloseTo(reference(gradients, 0.05), 6);
});

test("moves by the rate at the first step, whatever the gradient's size", () => {
  expect(reference([1e-3], 0.05)).toBeCloseTo(0.05, 4);
  expect(adamRate(1, 0.05)).toBeCloseTo((0.05 * Math.sqrt(0.001)) / 0.1, 12);
});
