/** @file Controls: vectors that share something with a layer's and lack the rest, so that it is seen what sparse codes live of. */
import { NoemaError, type Random } from "@noema/engine";
import { permutation } from "../../permutation.js";
import { choleskyFactor, momentsOf, type Vectors } from "../covariance.js";

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
  const factor = choleskyFactor(covariance, length, ridge);
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
