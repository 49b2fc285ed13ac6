/** @file Eigenvalues and eigenvectors of symmetric matrices, the largest first. */
import { EigenvalueDecomposition, Matrix } from "ml-matrix";

export interface SymmetricEigen {
  /** Falling. */
  readonly values: Float64Array;
  /** Of length 1, in the order of the values; the entry that is largest in size is positive. */
  readonly vectors: readonly Float64Array[];
}

/** @param matrix size × size numbers, symmetric */
export function symmetricEigen(matrix: Float64Array, size: number): SymmetricEigen {
  const found = new EigenvalueDecomposition(Matrix.from1DArray(size, size, matrix), { assumeSymmetric: true });
  const values = found.realEigenvalues;
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]);
  return {
    values: Float64Array.from(order, (i) => values[i]),
    vectors: order.map((i) => withPositivePeak(Float64Array.from(found.eigenvectorMatrix.getColumn(i)))),
  };
}

/** An eigenvector's sign is arbitrary: this rule makes it the same everywhere. */
function withPositivePeak(vector: Float64Array): Float64Array {
  let peak = 0;
  for (const v of vector) if (Math.abs(v) > Math.abs(peak)) peak = v;
  return peak < 0 ? vector.map((v) => -v) : vector;
}
