import { describe, expect, test } from "vitest";
import { axes, codesOf } from "../linear-decoder.testing.js";
import { explainedCurve, residualErrors } from "./explained-curve.js";

/** About the mean (1, 1, 1): 2 along one axis and 1 along another; nothing. */
const dictionary = axes([1, 1, 1]);
const vectors = Float32Array.of(3, 2, 1, 1, 1, 1);
const steps = [
  codesOf([[[0, 2]], []]),
  codesOf([
    [
      [0, 2],
      [1, 1],
    ],
    [],
  ]),
];

test("errors of no atom, one and two; what they explain of the whole", () => {
  const errors = residualErrors(dictionary, vectors, { steps });
  expect([...errors]).toEqual([5, 1, 0, 0, 0, 0]);
  expect(explainedCurve(errors, { sparsity: 2 })).toEqual([0, 0.8, 1]);
});

test("is summed before it is divided", () => {
  // Nine tenths of a large vector, nothing of a small one: 0.9 · 100 of 101.
  expect(explainedCurve(Float64Array.of(100, 10, 1, 1), { sparsity: 1 })).toEqual([0, 1 - 11 / 101]);
});

describe("refuses", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "no vectors",
      () => residualErrors(dictionary, new Float32Array(), { steps }),
      /vectors: there are none.*ATOMS_EMPTY/,
    ],
    [
      "part of a vector",
      () => residualErrors(dictionary, new Float32Array(4), { steps }),
      /4 numbers, a multiple of 3.*VECTORS_LENGTH/,
    ],
    [
      "NaN",
      () => residualErrors(dictionary, vectors.with(4, Number.NaN), { steps }),
      /vector 1: its number 1 is NaN.*VECTORS_NUMBERS/,
    ],
    ["no codes", () => residualErrors(dictionary, vectors, { steps: [] }), /ATOMS_EMPTY/],
    [
      "codes of other vectors",
      () => residualErrors(dictionary, vectors.slice(3), { steps }),
      /at most 1 atoms.*ATOMS_COUNT/,
    ],
    [
      "codes of other atoms",
      () => residualErrors(dictionary, vectors, { steps: [codesOf([[[3, 1]], []])] }),
      /atom 3, there are 3.*CODES_SHAPE/,
    ],
    ["vectors that are all the mean", () => explainedCurve(new Float64Array(4), { sparsity: 1 }), /ATOMS_ALIKE/],
    [
      "errors cut off",
      () => explainedCurve(Float64Array.of(1, 2, 3), { sparsity: 1 }),
      /3 numbers, each vector takes 2.*ATOMS_SHAPE/,
    ],
    ["errors that are NaN", () => explainedCurve(Float64Array.of(1, Number.NaN), { sparsity: 1 }), /ATOMS_NUMBER/],
  ])("%s", (_, call, message) => {
    expect(call).toThrowError(message);
  });
});
