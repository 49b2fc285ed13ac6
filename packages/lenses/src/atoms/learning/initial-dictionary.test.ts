import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { checkDictionary } from "../dictionary.js";
import { initialDictionary } from "./initial-dictionary.js";
import { vectorsInMemory } from "./learner.js";
import { replaceAtoms, uselessAtoms } from "./replaced-atoms.js";

const random = seededRandom(0);
const distinct = Array.from({ length: 12 }, () => Array.from({ length: 5 }, () => random.normal()));
const begin = { mean: new Float32Array(5), nonNegative: false, seed: 3 };
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  const dot = Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
  return dot / (Math.hypot(...Array.from(a)) * Math.hypot(...Array.from(b)));
};
const rowsOf = (atoms: Float32Array) =>
  Array.from({ length: atoms.length / 5 }, (_, k) => atoms.slice(5 * k, 5 * k + 5));

test("atoms are vectors of the data, each once, also where most are copies or zero", async () => {
  // Each twelve times, half of them turned round and longer; and zeros.
  const rows = Array.from({ length: 12 }, (_, k) => [
    ...distinct.map((row) => row.map((value) => value * (k % 2 === 0 ? 1 : -3))),
    [0, 0, 0, 0, 0],
  ]).flat();
  const source = vectorsInMemory(Float32Array.from(rows.flat()), 5);
  const dictionary = await initialDictionary(source, { ...begin, atoms: 12 });
  checkDictionary(dictionary);
  const found = rowsOf(dictionary.atoms).map((atom) =>
    distinct.findIndex((row) => Math.abs(cosine(atom, row)) > 0.99999),
  );
  expect(found.toSorted((a, b) => a - b)).toEqual(distinct.map((_, i) => i));
});

test("where too few differ, directions follow that nothing has", async () => {
  const source = vectorsInMemory(
    Float32Array.from({ length: 50 }, (_, i) => distinct[i < 25 ? 0 : 1][i % 5]),
    5,
  );
  const dictionary = await initialDictionary(source, { ...begin, atoms: 6 });
  checkDictionary(dictionary);
  const rows = rowsOf(dictionary.atoms);
  const pairs = rows.flatMap((a, i) => rows.slice(i + 1).map((b) => Math.abs(cosine(a, b))));
  expect(Math.max(...pairs)).toBeLessThan(0.9999);
});

test("useless are atoms of few vectors, and the less used of two that are alike", () => {
  const cosines = [
    [1, 0, 0.995, -0.995],
    [0, 1, 0, 0],
    [0.995, 0, 1, -0.999],
    [-0.995, 0, -0.999, 1],
  ].map((row) => Float32Array.from(row));
  const gram = (atom: number) => cosines[atom];
  const dictionary = { count: 4, length: 5, atoms: new Float32Array(20), mean: begin.mean, nonNegative: false };
  expect(uselessAtoms(dictionary, [50, 3, 60, 40], 200, gram)).toEqual([0, 1, 3]);
  expect(uselessAtoms({ ...dictionary, nonNegative: true }, [50, 30, 60, 40], 200, gram)).toEqual([0]);
  // With one vector for each atom, one use is enough.
  expect(
    uselessAtoms(dictionary, [1, 1, 1, 0], 4, (atom) => Float32Array.from(cosines[1], (_, i) => +(i === atom))),
  ).toEqual([3]);
});

test("the worst represented vectors take their place, each once, and well represented ones do not", () => {
  const atoms = Float32Array.from({ length: 20 }, () => 7);
  const dictionary = { count: 4, length: 5, atoms, mean: begin.mean, nonNegative: false };
  const errors = Float64Array.of(0.1, 0, 0.4, 1e-9);
  const squares = new Float64Array(4).fill(1);
  const row = (n: number) => Float32Array.from(distinct[n]);
  expect(replaceAtoms(dictionary, [1, 2, 3], errors, squares, row)).toBe(2);
  const [first, second, third, fourth] = rowsOf(atoms);
  expect([first, fourth]).toEqual([new Float32Array(5).fill(7), new Float32Array(5).fill(7)]);
  expect(cosine(second, distinct[2])).toBeCloseTo(1, 5);
  expect(cosine(third, distinct[0])).toBeCloseTo(1, 5);
});
