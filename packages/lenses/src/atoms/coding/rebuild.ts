/** @file rebuild: codes back to vectors, and how near they come to those that were coded. */
import { NoemaError } from "@noema/engine";
import { type Codes, checkCodes } from "../codes.js";
import type { Dictionary } from "../dictionary.js";

/**
 * mean + Σ coefficient·atom, N×D.
 *
 * @throws NoemaError CODES_SHAPE
 */
export function rebuild({ count, length, atoms, mean }: Dictionary, codes: Codes): Float32Array {
  checkCodes(codes, count);
  const { vectors, starts } = codes;
  const rebuilt = new Float32Array(vectors * length);
  const sum = new Float64Array(length);
  for (let n = 0; n < vectors; n++) {
    sum.set(mean);
    for (let part = starts[n]; part < starts[n + 1]; part++) {
      const [from, amount] = [codes.atoms[part] * length, codes.coefficients[part]];
      for (let i = 0; i < length; i++) sum[i] += amount * atoms[from + i];
    }
    rebuilt.set(sum, n * length);
  }
  return rebuilt;
}

/**
 * 1 − Σ‖x − x̂‖² / Σ‖x − mean‖², both summed over all vectors before they are divided, the mean that of the vectors themselves. 1 where
 * all is rebuilt, 0 where it is no nearer than the mean; below that it may be any number. Not finite where the vectors do not vary.
 *
 * @param vectors N×D
 * @param rebuilt N×D
 * @param length D
 * @throws NoemaError REBUILT_SHAPE
 */
export function explainedVariance(vectors: Float32Array, rebuilt: Float32Array, length: number): number {
  return 1 - squaredError(vectors, rebuilt, length) / variation(vectors, length);
}

/**
 * Σ‖x − x̂‖² / Σ‖x‖²: 0 where all is rebuilt. NaN where there is nothing but zeros.
 *
 * @param vectors N×D
 * @param rebuilt N×D
 * @param length D
 * @throws NoemaError REBUILT_SHAPE
 */
export function relativeSquaredError(vectors: Float32Array, rebuilt: Float32Array, length: number): number {
  let squares = 0;
  for (let i = 0; i < vectors.length; i++) squares += vectors[i] * vectors[i];
  return squaredError(vectors, rebuilt, length) / squares;
}

/** Σ‖x − mean‖² over N×D numbers, about the mean of them. */
export function variation(vectors: Float32Array, length: number): number {
  const mean = meanOf(vectors, length);
  let sum = 0;
  for (let from = 0; from < vectors.length; from += length) {
    for (let i = 0; i < length; i++) sum += (vectors[from + i] - mean[i]) ** 2;
  }
  return sum;
}

/** Of N×D numbers, D. */
function meanOf(vectors: Float32Array, length: number): Float64Array {
  const sum = new Float64Array(length);
  for (let from = 0; from < vectors.length; from += length) {
    for (let i = 0; i < length; i++) sum[i] += vectors[from + i];
  }
  const count = vectors.length / length;
  return sum.map((value) => value / count);
}

function squaredError(vectors: Float32Array, rebuilt: Float32Array, length: number): number {
  if (vectors.length === 0 || vectors.length !== rebuilt.length || vectors.length % length !== 0) {
    throw new NoemaError("REBUILT_SHAPE", {
      where: "rebuilt vectors",
      found: `${rebuilt.length} numbers for ${vectors.length}`,
      needed: `as many, some, and ${length} for each vector`,
    });
  }
  let sum = 0;
  for (let i = 0; i < vectors.length; i++) sum += (vectors[i] - rebuilt[i]) ** 2;
  return sum;
}
