/** @file explainedCurve: what share of the vectors' variance is explained by 0, 1 … K atoms of each. */
import { NoemaError } from "@noema/engine";
import { rowOf } from "../../factors/label-vectors.js";
import { checkCount, checkFinite, checkUsableCodes, countVectors } from "../check-atoms.js";
import type { Codes } from "../codes.js";
import { rebuild } from "../coding/rebuild.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";

/**
 * ‖x − x̂‖² of each vector and each of its codes.
 *
 * @param vectors N×D
 * @param steps codes of the N vectors with at most 1, 2 … K atoms
 * @returns N×(K+1), the first of each vector without any atom: ‖x − mean‖²
 * @throws NoemaError ATOMS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS, ATOMS_NUMBER, ATOMS_COUNT, ATOMS_CODES, CODES_SHAPE,
 *   ATOMS_RANGE; what checkDictionary refuses
 */
export function residualErrors(
  dictionary: Dictionary,
  vectors: Float32Array,
  { steps }: { readonly steps: readonly Codes[] },
): Float64Array {
  checkDictionary(dictionary);
  const { length, mean } = dictionary;
  const count = countVectors("vectors", vectors, length);
  checkSteps(steps, count, dictionary.count);
  const depth = steps.length + 1;
  const errors = new Float64Array(count * depth);
  for (let row = 0; row < count; row++) errors[row * depth] = squaredDistance(rowOf(vectors, row, length), mean);
  for (const [k, codes] of steps.entries()) {
    const rebuilt = rebuild(dictionary, codes);
    for (let row = 0; row < count; row++) {
      errors[row * depth + k + 1] = squaredDistance(rowOf(vectors, row, length), rowOf(rebuilt, row, length));
    }
  }
  return errors;
}

/**
 * 1 − Σ‖x − x̂‖² / Σ‖x − mean‖², summed over all vectors before it is divided: a vector near the mean does not count as much as one
 * far from it.
 *
 * @param errors N×(K+1), as of `residualErrors`
 * @returns K + 1 shares, the first 0; below 0 where codes are worse than the mean
 * @throws NoemaError ATOMS_EMPTY, ATOMS_SHAPE, ATOMS_NUMBER; ATOMS_ALIKE where all vectors are their mean
 */
export function explainedCurve(errors: Float64Array, { sparsity }: { readonly sparsity: number }): number[] {
  const depth = sparsity + 1;
  if (errors.length === 0) throw new NoemaError("ATOMS_EMPTY", { where: "errors", found: "there are none" });
  if (!(depth >= 1) || errors.length % depth !== 0) {
    throw new NoemaError("ATOMS_SHAPE", {
      where: "errors",
      found: `${errors.length} numbers`,
      needed: `each vector takes ${depth}`,
    });
  }
  checkFinite("errors", errors);
  const sums = new Float64Array(depth);
  for (let i = 0; i < errors.length; i++) sums[i % depth] += errors[i];
  if (!(sums[0] > 0)) {
    throw new NoemaError("ATOMS_ALIKE", {
      where: "explained variance",
      found: "all vectors are their mean",
      needed: "there must be some variance to explain",
    });
  }
  return Array.from(sums, (sum) => 1 - sum / sums[0]);
}

/** @throws NoemaError ATOMS_EMPTY, ATOMS_COUNT, ATOMS_CODES, CODES_SHAPE, ATOMS_RANGE, ATOMS_NUMBER */
export function checkSteps(steps: readonly Codes[], count: number, atoms: number): void {
  if (steps.length === 0)
    throw new NoemaError("ATOMS_EMPTY", { where: "codes of more and more atoms", found: "there are none" });
  for (const [k, codes] of steps.entries()) {
    checkUsableCodes(codes, atoms);
    checkCount(`codes of at most ${k + 1} atoms: vectors`, codes.vectors, count);
  }
}

export function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}
