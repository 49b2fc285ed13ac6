/** @file Orthogonal matching pursuit as its definition has it, in double precision: slow, and an oracle. */
import { type Random, seededRandom } from "@noema/engine";
import { Matrix, QrDecomposition } from "ml-matrix";
import type { Dictionary } from "../dictionary.js";

export interface NaiveCode {
  readonly atoms: readonly number[];
  readonly coefficients: readonly number[];
}

/** Rows of length 1, and a mean, of normally distributed numbers. */
export function randomDictionary(
  random: Random,
  count: number,
  length: number,
  { nonNegative = false, centred = true } = {},
): Dictionary {
  // Of non-negative codes the atoms are so too: they lie near each other, and coefficients fall below 0 on the way.
  const draw = () => (nonNegative ? Math.abs(random.normal()) : random.normal());
  const atoms = Float32Array.from({ length: count * length }, draw);
  for (let from = 0; from < atoms.length; from += length) {
    const size = Math.hypot(...atoms.subarray(from, from + length));
    for (let i = from; i < from + length; i++) atoms[i] /= size;
  }
  const mean = Float32Array.from({ length }, () => (centred ? random.normal() : 0));
  return { count, length, atoms, mean, nonNegative };
}

/** N×D sums of a few of the dictionary's atoms, with noise of this share of a number's deviation. */
export function randomSignals(dictionary: Dictionary, vectors: number, parts: number, noise: number, seed: number) {
  const { count, length, atoms, mean, nonNegative } = dictionary;
  const random = seededRandom(seed);
  const signals = new Float32Array(vectors * length);
  for (let n = 0; n < vectors; n++) {
    const sum = Float64Array.from(mean);
    for (let k = 0; k < parts; k++) {
      const [atom, drawn] = [random.below(count), random.normal()];
      const amount = nonNegative ? Math.abs(drawn) : drawn;
      for (let i = 0; i < length; i++) sum[i] += amount * atoms[atom * length + i];
    }
    const deviation = noise * Math.sqrt(parts / length);
    for (let i = 0; i < length; i++) signals[n * length + i] = sum[i] + deviation * random.normal();
  }
  return signals;
}

/** The code of one vector after each step; of non-negative codes the atoms whose best coefficient is 0 are given up. */
export function naiveOmp(dictionary: Dictionary, vector: ArrayLike<number>, sparsity: number, error = 0): NaiveCode[] {
  const { count, length, mean, nonNegative } = dictionary;
  const x = Array.from({ length }, (_, i) => vector[i] - mean[i]);
  const enough = error * Math.hypot(...x);
  const steps: NaiveCode[] = [];
  let [atoms, left]: [readonly number[], readonly number[]] = [[], x];
  for (let step = 0; step < 4 * sparsity && atoms.length < sparsity && Math.hypot(...left) > enough; step++) {
    const measures = Array.from({ length: count }, (_, atom) => {
      const product = dot(rowOf(dictionary, atom), left);
      return nonNegative ? product : Math.abs(product);
    });
    if (nonNegative && Math.max(...measures) < 1e-9) break;
    atoms = [...atoms, measures.indexOf(Math.max(...measures))];
    let coefficients: readonly number[];
    if (nonNegative) {
      const best = bruteForceNonNegative(dictionary, atoms, x).coefficients;
      atoms = atoms.filter((_, i) => best[i] > 0);
      coefficients = best.filter((value) => value > 0);
    } else coefficients = leastSquares(dictionary, atoms, x);
    left = without(dictionary, atoms, coefficients, x);
    steps.push({ atoms, coefficients });
  }
  return steps;
}

/** The best coefficients of any sign. */
export function leastSquares(dictionary: Dictionary, atoms: readonly number[], x: readonly number[]): number[] {
  if (atoms.length === 0) return [];
  const columns = new Matrix(atoms.map((atom) => rowOf(dictionary, atom))).transpose();
  return new QrDecomposition(columns).solve(Matrix.columnVector([...x])).to1DArray();
}

/** The best coefficients from 0, by trying every subset: 0 for those that are not in it. */
export function bruteForceNonNegative(dictionary: Dictionary, atoms: readonly number[], x: readonly number[]) {
  let best = { error: Math.hypot(...x), coefficients: atoms.map(() => 0) };
  for (let subset = 1; subset < 2 ** atoms.length; subset++) {
    const inside = atoms.filter((_, i) => subset & (2 ** i));
    const found = leastSquares(dictionary, inside, x);
    if (found.some((value) => value < 0)) continue;
    const error = Math.hypot(...without(dictionary, inside, found, x));
    if (error < best.error)
      best = { error, coefficients: atoms.map((atom) => (inside.includes(atom) ? found[inside.indexOf(atom)] : 0)) };
  }
  return best;
}

/** What the atoms leave of x. */
export function without(
  dictionary: Dictionary,
  atoms: readonly number[],
  coefficients: readonly number[],
  x: readonly number[],
): number[] {
  const rows = atoms.map((atom) => rowOf(dictionary, atom));
  return x.map((value, i) => rows.reduce((rest, row, k) => rest - coefficients[k] * row[i], value));
}

const rowOf = ({ atoms, length }: Dictionary, atom: number): number[] => [
  ...atoms.subarray(atom * length, (atom + 1) * length),
];

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
