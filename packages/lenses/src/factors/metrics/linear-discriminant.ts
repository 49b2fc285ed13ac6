/**
 * @file Linear discriminant: tells classes apart by linear functions of the features, in closed form.
 *
 * Fisher 1936 and Rao 1948: normal classes of one covariance, that within the classes pooled. No iteration and nothing to tune;
 * linear maps of the features change nothing.
 */
import { CholeskyDecomposition, Matrix } from "ml-matrix";

export interface Examples {
  /** Examples × features. */
  readonly features: Float64Array;
  /** The class of each: 0 … classes − 1. */
  readonly of: Int32Array;
  readonly classes: number;
}

/** Added to the covariance as a share of its mean diagonal: features may be linearly dependent, as copies of a latent are. */
const ridge = 1e-6;

/** @returns the class of each of the other examples */
export function linearDiscriminant({ features, of, classes }: Examples, others: Float64Array): Int32Array {
  const examples = of.length;
  const size = features.length / examples;
  const counts = new Float64Array(classes);
  const means = new Float64Array(classes * size);
  for (let i = 0; i < examples; i++) {
    counts[of[i]]++;
    for (let f = 0; f < size; f++) means[of[i] * size + f] += features[i * size + f];
  }
  for (let at = 0; at < means.length; at++) means[at] /= Math.max(1, counts[Math.floor(at / size)]);
  const covariance = new Float64Array(size * size);
  const row = new Float64Array(size);
  for (let i = 0; i < examples; i++) {
    for (let f = 0; f < size; f++) row[f] = features[i * size + f] - means[of[i] * size + f];
    for (let f = 0; f < size; f++) {
      for (let g = 0, at = f * size; g <= f; g++, at++) covariance[at] += row[f] * row[g];
    }
  }
  let trace = 0;
  for (let f = 0; f < size; f++) trace += covariance[f * size + f];
  // Where nothing varies within a class the nearest mean decides.
  const added = trace > 0 ? (ridge * trace) / size : 1;
  const pooled = Matrix.zeros(size, size);
  for (let f = 0; f < size; f++) {
    for (let g = 0; g <= f; g++) {
      const value = covariance[f * size + g] + (f === g ? added : 0);
      pooled.set(f, g, value / examples);
      pooled.set(g, f, value / examples);
    }
  }
  const columns = Matrix.from1DArray(classes, size, Array.from(means)).transpose();
  const weights = new CholeskyDecomposition(pooled).solve(columns);
  const bias = counts.map((count, k) => {
    let along = 0;
    for (let f = 0; f < size; f++) along += weights.get(f, k) * means[k * size + f];
    return Math.log(count / examples) - along / 2;
  });
  const flat = Float64Array.from(weights.to1DArray());
  return Int32Array.from({ length: others.length / size }, (_, i) => {
    const sums = bias.slice();
    for (let f = 0; f < size; f++) {
      const value = others[i * size + f];
      for (let k = 0; k < classes; k++) sums[k] += value * flat[f * classes + k];
    }
    return sums.indexOf(Math.max(...sums));
  });
}
