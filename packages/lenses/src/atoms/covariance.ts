/** @file covariance: moments of vectors, and the triangular root of a covariance (Cholesky). */

/** N×D numbers. */
export interface Vectors {
  readonly vectors: Float32Array;
  /** D. */
  readonly length: number;
}

/** The mean, D, and the covariance, D×D, its lower half. */
export function momentsOf({ vectors, length }: Vectors): { mean: Float64Array; covariance: Float64Array } {
  const count = vectors.length / length;
  const mean = new Float64Array(length);
  for (let i = 0; i < vectors.length; i++) mean[i % length] += vectors[i] / count;
  const covariance = new Float64Array(length * length);
  const centred = new Float64Array(length);
  for (let at = 0; at < vectors.length; at += length) {
    for (let k = 0; k < length; k++) centred[k] = vectors[at + k] - mean[k];
    for (let i = 0; i < length; i++) {
      const own = centred[i];
      // Behind a ReLU most numbers of a vector may be 0, and their mean is taken off, so that this skips constant ones only.
      if (own === 0) continue;
      const row = i * length;
      for (let k = 0; k <= i; k++) covariance[row + k] += own * centred[k];
    }
  }
  for (let i = 0; i < covariance.length; i++) covariance[i] /= count - 1;
  return { mean, covariance };
}

/**
 * L of L·Lᵀ, D×D, its lower half. A coordinate that others decide, such as one that never changes, adds nothing of its own.
 *
 * @param covariance D×D, of which the lower half is read
 * @param ridge added to the diagonal, as a share of its mean
 */
export function choleskyFactor(covariance: Float64Array, length: number, ridge: number): Float64Array {
  const least = ridge * meanVariance(covariance, length);
  const factor = new Float64Array(length * length);
  for (let i = 0; i < length; i++) {
    for (let k = 0; k <= i; k++) {
      let sum = covariance[i * length + k] + (i === k ? least : 0);
      for (let j = 0; j < k; j++) sum -= factor[i * length + j] * factor[k * length + j];
      if (i === k) factor[i * length + i] = sum > 0 ? Math.sqrt(sum) : 0;
      else factor[i * length + k] = factor[k * length + k] > 0 ? sum / factor[k * length + k] : 0;
    }
  }
  return factor;
}

/** Of a coordinate: the mean of the diagonal. */
function meanVariance(covariance: Float64Array, length: number): number {
  let trace = 0;
  for (let i = 0; i < length; i++) trace += covariance[i * length + i];
  return trace / length;
}
