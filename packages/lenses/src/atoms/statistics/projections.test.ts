/** @file Projections: every atom is asked by itself, and a value that codes split among atoms is still found by one. */
import { expect, test } from "vitest";
import { byAtom } from "../by-atom.js";
import { projections } from "./projections.js";
import { retrieval } from "./retrieval.js";

const side = Math.SQRT1_2;
const dictionary = {
  ...{ count: 3, length: 2, nonNegative: false },
  atoms: Float32Array.of(1, 0, 0, 1, side, side),
  mean: Float32Array.of(10, 20),
};

test("are products with what is left when the mean is taken off", () => {
  const { vectors, starts, atoms, coefficients } = projections(dictionary, Float32Array.of(13, 24, 10, 20));
  expect(vectors).toBe(2);
  expect([...starts]).toEqual([0, 3, 6]);
  expect([...atoms]).toEqual([0, 1, 2, 0, 1, 2]);
  expect([...coefficients.slice(0, 2)]).toEqual([3, 4]);
  expect(coefficients[2]).toBeCloseTo(7 * side, 5);
  expect([...coefficients.slice(3)]).toEqual([0, 0, 0]);
});

test("one atom finds what codes would split among two", () => {
  // With the value, vectors lie between the first two atoms: a code of one atom has now this one, now that.
  const count = 40;
  const vectors = new Float32Array(2 * count);
  const of = new Int32Array(count);
  for (let n = 0; n < count; n++) {
    of[n] = n % 2;
    const more = of[n] === 1 ? 2 + (n % 3) : 0;
    vectors[2 * n] = 10 + more * (n % 4 < 2 ? 1 : 0.6);
    vectors[2 * n + 1] = 20 + more * (n % 4 < 2 ? 0.6 : 1);
  }
  const rows = Uint32Array.from({ length: count }, (_, n) => n);
  const halves = { choosing: rows.filter((n) => n < 20), measuring: rows.filter((n) => n >= 20) };
  const factors = [{ name: "it", values: ["lacks", "has"], of }];
  const found = retrieval(byAtom(projections(dictionary, vectors), 3), { factors, halves });
  expect(found.values.find(({ value }) => value === "has")).toMatchObject({ sign: 1, precision: 1 });
});

test.each([
  ["VECTORS_LENGTH", new Float32Array(3)],
  ["VECTORS_NUMBERS", Float32Array.of(1, Number.NaN)],
])("%s", (code, vectors) => {
  expect(() => projections(dictionary, vectors)).toThrow(code);
});
