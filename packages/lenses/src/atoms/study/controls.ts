/** @file Controls: vectors that share something with a layer's and lack the rest, so that it is seen what sparse codes live of. */
import { NoemaError, type Random } from "@noema/engine";
import { permutation } from "../../permutation.js";

/** N×D numbers. */
interface Vectors {
  readonly vectors: Float32Array;
  /** D. */
  readonly length: number;
}

/**
 * Each number dealt to another vector, coordinate by coordinate: every coordinate keeps its values, its zeros and its tails, and what
 * coordinates have to do with each other is gone.
 */
export function shuffledCoordinates({ vectors, length }: Vectors, random: Random): Float32Array {
  const count = vectors.length / length;
  const dealt = new Float32Array(vectors.length);
  for (let k = 0; k < length; k++) {
    const order = permutation(count, random);
    for (let n = 0; n < count; n++) dealt[n * length + k] = vectors[order[n] * length + k];
  }
  return dealt;
}

/** Added to the diagonal of a covariance, as a share of its mean: single precision leaves it not quite positive. */
const ridge = 1e-9;

/**
 * Normally distributed vectors of the same mean and covariance: what can be said of pairs of coordinates is the same, so that a
 * subspace codes them as well; but no vector is a sum of few parts.
 *
 * @param count how many. Default: as many as there are.
 * @throws NoemaError STUDY_VECTORS
 */
export function gaussianLike({ vectors, length }: Vectors, random: Random, count?: number): Float32Array {
  const given = vectors.length / length;
  if (given < 2) {
    throw new NoemaError("STUDY_VECTORS", {
      where: "Gaussian control",
      found: `${given} vectors`,
      needed: "a covariance is of two at least",
    });
  }
  const { mean, covariance } = momentsOf({ vectors, length });
  const factor = choleskyFactor(covariance, length);
  const drawn = new Float32Array((count ?? given) * length);
  const white = new Float64Array(length);
  for (let at = 0; at < drawn.length; at += length) {
    for (let k = 0; k < length; k++) white[k] = random.normal();
    for (let i = 0; i < length; i++) {
      let sum = mean[i];
      for (let k = 0; k <= i; k++) sum += factor[i * length + k] * white[k];
      drawn[at + i] = sum;
    }
  }
  return drawn;
}

/** The mean, D, and the covariance, D×D, its lower half. */
function momentsOf({ vectors, length }: Vectors): { mean: Float64Array; covariance: Float64Array } {
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

/** L of L·Lᵀ. A coordinate that others decide, such as one that never changes, adds nothing of its own. */
function choleskyFactor(covariance: Float64Array, length: number): Float64Array {
  let trace = 0;
  for (let i = 0; i < length; i++) trace += covariance[i * length + i];
  const least = (ridge * trace) / length;
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
