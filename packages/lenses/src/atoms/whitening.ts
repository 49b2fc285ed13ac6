/** @file Whitening: coordinates in which vectors vary alike in all directions, so that what varies little is not drowned by what varies much. */
import { choleskyFactor, momentsOf, type Vectors } from "./covariance.js";
import type { Dictionary } from "./dictionary.js";
import { unitRows } from "./unit-rows.js";

/** Both D×D; vectors are rows. */
export interface Whitening {
  /** x·whiten varies alike in all directions. */
  readonly whiten: Float32Array;
  /** The way back. */
  readonly unwhiten: Float32Array;
}

/**
 * Of C + λ·v·I = L·Lᵀ, C the covariance of the vectors and v the mean of its diagonal: whiten is L⁻ᵀ, and back goes Lᵀ. (Any rotation of
 * it whitens as well, and codes are the same.) λ keeps directions in which vectors hardly vary, which is mostly noise, from counting as
 * much as the rest; the larger it is, the less is changed.
 *
 * @param shrinkage λ, above 0
 */
export function whiteningOf(vectors: Vectors, shrinkage: number): Whitening {
  const { length } = vectors;
  const factor = choleskyFactor(momentsOf(vectors).covariance, length, shrinkage);
  const unwhiten = new Float32Array(length * length);
  const whiten = new Float32Array(length * length);
  // Columns of L⁻¹, one after the other, which are rows of its transpose.
  const column = new Float64Array(length);
  for (let k = 0; k < length; k++) {
    for (let i = k; i < length; i++) {
      let sum = i === k ? 1 : 0;
      for (let j = k; j < i; j++) sum -= factor[i * length + j] * column[j];
      column[i] = sum / factor[i * length + i];
      whiten[k * length + i] = column[i];
      unwhiten[k * length + i] = factor[i * length + k];
    }
  }
  return { whiten, unwhiten };
}

/** N×D times D×D. */
export function throughMatrix(vectors: Float32Array, matrix: Float32Array, length: number): Float32Array {
  const out = new Float32Array(vectors.length);
  const sums = new Float64Array(length);
  for (let at = 0; at < vectors.length; at += length) {
    sums.fill(0);
    for (let k = 0; k < length; k++) {
      const own = vectors[at + k];
      if (own === 0) continue;
      const row = k * length;
      for (let i = 0; i < length; i++) sums[i] += own * matrix[row + i];
    }
    out.set(sums, at);
  }
  return out;
}

/**
 * A×D: products of vectors with these are those with the atoms, each 1 long, where both are whitened. The atoms themselves where
 * nothing is.
 */
export function readersOf({ atoms, length, whitening }: Dictionary): Float32Array {
  if (whitening === undefined) return atoms;
  const seen = throughMatrix(atoms, whitening, length);
  unitRows(seen, length);
  return throughMatrix(seen, transposed(whitening, length), length);
}

function transposed(matrix: Float32Array, length: number): Float32Array {
  return Float32Array.from(matrix, (_, i) => matrix[(i % length) * length + Math.floor(i / length)]);
}
