/** @file Independent directions (ICA): those along which the rows are least like noise, found by FastICA. */
import type { Random } from "@noema/engine";
import { principalDirections } from "./principal-directions.js";
import { type Rows, unitLength } from "./rows.js";
import { symmetricEigen } from "./symmetric-eigen.js";

export interface IndependentDirections {
  /** The unmixing filters, of length 1: what a row gives along one estimates a source, up to scale and offset. */
  readonly directions: readonly Float32Array[];
  readonly iterations: number;
  /** Whether the last iteration changed no direction any more. */
  readonly converged: boolean;
}

/** Convergence and patience of scikit-learn's FastICA (decomposition/_fastica.py). */
const tolerance = 1e-4;
const maxIterations = 200;

/**
 * FastICA with tanh and symmetric decorrelation (Hyvärinen 1999, "Fast and robust fixed-point algorithms for independent
 * component analysis") after whitening by the first `count` principal directions. The sign of each direction is chosen so
 * that the rows' values along it are skewed upwards.
 *
 * Yields the share of the iterations done, so that the caller can show it, or stop.
 *
 * @throws NoemaError DIRECTIONS_MANY
 */
export function* independentDirections(
  rows: Rows,
  count: number,
  random: Random,
): Generator<number, IndependentDirections> {
  const { means, variances, directions } = principalDirections(rows, count);
  yield 0;
  const size = directions.length;
  if (size === 0) return { directions: [], iterations: 0, converged: true };
  const whitening = directions.map((vector, i) => vector.map((v) => v / Math.sqrt(variances[i])));
  const white = projected(rows, means, whitening);
  let unmixing = decorrelated(
    Float64Array.from({ length: size * size }, () => random.normal()),
    size,
  );
  let [iterations, converged] = [0, false];
  while (iterations < maxIterations && !converged) {
    const next = decorrelated(fixedPoint(white, unmixing, size), size);
    let change = 0;
    for (let i = 0; i < size; i++) {
      let along = 0;
      for (let j = 0; j < size; j++) along += next[i * size + j] * unmixing[i * size + j];
      change = Math.max(change, Math.abs(Math.abs(along) - 1));
    }
    unmixing = next;
    iterations++;
    converged = change < tolerance;
    yield iterations / maxIterations;
  }
  const filters = Array.from({ length: size }, (_, i) => {
    const filter = new Float64Array(rows.columns);
    for (let j = 0; j < size; j++) {
      for (let c = 0; c < filter.length; c++) filter[c] += unmixing[i * size + j] * whitening[j][c];
    }
    return unitLength(filter);
  });
  return { directions: filters.map((filter) => skewedUp(filter, rows)), iterations, converged };
}

/** The direction or its opposite: that along which the far tail of the rows lies upwards. */
export function skewedUp(direction: Float32Array, rows: Rows): Float32Array {
  const along = projected(rows, new Float64Array(rows.columns), [direction]);
  let mean = 0;
  for (const v of along) mean += v / along.length;
  let third = 0;
  for (const v of along) third += (v - mean) ** 3;
  return third < 0 ? direction.map((v) => -v) : direction;
}

/** rows × directions: each centred row along each direction. */
function projected(
  { data, rows, columns }: Rows,
  means: Float64Array,
  directions: readonly ArrayLike<number>[],
): Float64Array {
  const result = new Float64Array(rows * directions.length);
  const row = new Float64Array(columns);
  for (let r = 0, at = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) row[c] = data[r * columns + c] - means[c];
    for (const direction of directions) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += row[c] * direction[c];
      result[at++] = sum;
    }
  }
  return result;
}

/** w ← E[z tanh(wᵀz)] − E[1 − tanh²(wᵀz)] w, for every row w of the unmixing matrix. */
function fixedPoint(white: Float64Array, unmixing: Float64Array, size: number): Float64Array {
  const count = white.length / size;
  const next = new Float64Array(size * size);
  const slope = new Float64Array(size);
  for (let at = 0; at < white.length; at += size) {
    for (let i = 0; i < size; i++) {
      let along = 0;
      for (let j = 0; j < size; j++) along += unmixing[i * size + j] * white[at + j];
      const value = Math.tanh(along);
      slope[i] += 1 - value * value;
      for (let j = 0; j < size; j++) next[i * size + j] += value * white[at + j];
    }
  }
  return next.map((sum, at) => (sum - slope[Math.floor(at / size)] * unmixing[at]) / count);
}

/** (W Wᵀ)^(−1/2) W: the nearest matrix with orthogonal rows of length 1. */
function decorrelated(matrix: Float64Array, size: number): Float64Array {
  const products = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      for (let c = 0; c < size; c++) products[i * size + j] += matrix[i * size + c] * matrix[j * size + c];
    }
  }
  const { values, vectors } = symmetricEigen(products, size);
  const result = new Float64Array(size * size);
  vectors.forEach((vector, e) => {
    const along = new Float64Array(size);
    for (let i = 0; i < size; i++) for (let c = 0; c < size; c++) along[c] += vector[i] * matrix[i * size + c];
    const factor = 1 / Math.sqrt(Math.max(values[e], Number.MIN_VALUE));
    for (let i = 0; i < size; i++) for (let c = 0; c < size; c++) result[i * size + c] += factor * vector[i] * along[c];
  });
  return result;
}
