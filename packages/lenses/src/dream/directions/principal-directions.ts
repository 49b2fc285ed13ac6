/** @file Principal directions (PCA): orthogonal, each with the largest variance that those before it leave over. */
import { checkDirectionCount, columnMeans, covariance, type Rows } from "./rows.js";
import { symmetricEigen } from "./symmetric-eigen.js";

export interface PrincipalDirections {
  /** Of each column. */
  readonly means: Float64Array;
  /** Of the rows along each direction, falling. Directions along which nothing varies are left out. */
  readonly variances: Float64Array;
  /** Of length 1, orthogonal; one number per column. */
  readonly directions: readonly Float64Array[];
}

/** Variances below this share of the largest are rounding. */
const leastVariance = 1e-10;

/**
 * Hotelling 1933, by the eigenvectors of the covariance, or, where there are fewer rows than columns, of the rows' products
 * (Turk and Pentland 1991).
 *
 * @throws NoemaError DIRECTIONS_MANY
 */
export function principalDirections(rows: Rows, count: number): PrincipalDirections {
  checkDirectionCount(count, rows);
  const means = columnMeans(rows);
  const found =
    rows.rows < rows.columns ? fromProducts(rows, means) : symmetricEigen(covariance(rows, means), rows.columns);
  const least = leastVariance * Math.max(found.values[0], Number.MIN_VALUE);
  const kept = [...found.values.keys()].slice(0, count).filter((i) => found.values[i] > least);
  return {
    means,
    variances: Float64Array.from(kept, (i) => found.values[i]),
    directions: kept.map((i) => found.vectors[i]),
  };
}

function fromProducts({ data, rows, columns }: Rows, means: Float64Array) {
  const centred = Float32Array.from(data, (v, i) => v - means[i % columns]);
  const products = new Float64Array(rows * rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += centred[i * columns + c] * centred[j * columns + c];
      products[i * rows + j] = sum / rows;
      products[j * rows + i] = sum / rows;
    }
  }
  const { values, vectors } = symmetricEigen(products, rows);
  const combined = vectors.map((shares) => {
    const vector = new Float64Array(columns);
    for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) vector[c] += shares[r] * centred[r * columns + c];
    const length = Math.sqrt(vector.reduce((sum, v) => sum + v * v, 0));
    return length > 0 ? vector.map((v) => v / length) : vector;
  });
  return { values, vectors: combined };
}
