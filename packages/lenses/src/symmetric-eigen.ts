/** @file symmetricEigen: eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations (1846). */

export interface Eigen {
  /** The largest first. */
  readonly values: readonly number[];
  /** One row per eigenvalue, of length 1; its elements sum to no less than 0. */
  readonly vectors: readonly (readonly number[])[];
}

/** Sweeps over all pairs; matrices of 64 rows need about ten. */
const maxSweeps = 60;

export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const v: number[][] = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0)));
  const scale = Math.max(...a.flat().map(Math.abs));
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let largest = 0;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        largest = Math.max(largest, Math.abs(a[p][q]));
        if (Math.abs(a[p][q]) > 1e-15 * scale) rotate(a, v, p, q);
      }
    }
    if (largest <= 1e-15 * scale) break;
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j][j] - a[i][i]);
  return {
    values: order.map((i) => a[i][i]),
    vectors: order.map((i) => {
      const sign = v[i].reduce((sum, x) => sum + x, 0) < 0 ? -1 : 1;
      return v[i].map((x) => sign * x);
    }),
  };
}

/** Turns the plane of two axes so that their element vanishes. */
function rotate(a: number[][], v: number[][], p: number, q: number): void {
  const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(t, 1);
  const sin = t * cos;
  for (const row of a) [row[p], row[q]] = [cos * row[p] - sin * row[q], sin * row[p] + cos * row[q]];
  for (const m of [a, v]) {
    for (let k = 0; k < a.length; k++) {
      [m[p][k], m[q][k]] = [cos * m[p][k] - sin * m[q][k], sin * m[p][k] + cos * m[q][k]];
    }
  }
}
