/** @file Det: the determinant of the last two axes. */
import { add, div, matmul, mul, neg, reduceSum, reshape, transpose } from "../../graph/builder.js";
import { constant } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { known, uniform } from "../case.js";

/**
 * The adjugate, det(A) · A⁻¹, by products alone (Faddeev and Le Verrier): it exists for singular matrices too. In single
 * precision it is good for matrices up to about ten rows.
 */
function adjugate(a: Value): Value {
  const n = a.shape[a.rank - 1];
  const axes = [a.rank - 2, a.rank - 1];
  const eye = Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  const unit = constant(Tensor.ofNumbers("float32", [n, n], eye));
  let m = unit;
  for (let k = 1; k < n; k++) {
    const product = k === 1 ? a : matmul(a, m);
    const coefficient = neg(div(reduceSum(mul(product, unit), axes), k));
    m = add(product, mul(coefficient, unit));
  }
  return n % 2 === 1 ? m : neg(m);
}

function determinant(matrix: Float64Array, n: number): number {
  let product = 1;
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(matrix[row * n + column]) > Math.abs(matrix[pivot * n + column])) pivot = row;
    }
    if (matrix[pivot * n + column] === 0) return 0;
    if (pivot !== column) {
      product = -product;
      for (let i = 0; i < n; i++) {
        const held = matrix[pivot * n + i];
        matrix[pivot * n + i] = matrix[column * n + i];
        matrix[column * n + i] = held;
      }
    }
    product *= matrix[column * n + column];
    for (let row = column + 1; row < n; row++) {
      const factor = matrix[row * n + column] / matrix[column * n + column];
      for (let i = column; i < n; i++) matrix[row * n + i] -= factor * matrix[column * n + i];
    }
  }
  return product;
}

export const Det = defineOp({
  name: "Det",
  since: 11,
  shape: ([x]) => {
    if (x.rank < 2 || x.shape[x.rank - 1] !== x.shape[x.rank - 2]) {
      throw new NoemaError("DET_SQUARE", { found: `shape [${x.shape.join(", ")}]`, needed: "square matrices" });
    }
    return [{ dtype: x.dtype, shape: x.shape.slice(0, -2) }];
  },
  gradient: ({ inputs: [x], outputGradients: [g] }) => {
    const order = [...x.shape.keys()].slice(0, -2).concat([x.rank - 1, x.rank - 2]);
    const cofactors = adjugate(x);
    const oriented = cofactors.rank === x.rank ? transpose(cofactors, order) : cofactors;
    return [mul(oriented, reshape(g, [...g.shape, 1, 1]))];
  },
  oracle: ([x]) => {
    const n = x.dims[x.dims.length - 1];
    const dims = x.dims.slice(0, -2);
    const count = x.data.length / (n * n);
    const out = Array.from({ length: count }, (_, i) => determinant(x.data.slice(i * n * n, (i + 1) * n * n), n));
    return [nd(dims, out)];
  },
  cases: [
    { inputs: [uniform([3, 3])] },
    { inputs: [uniform([2, 2, 2])], note: "a batch" },
    { inputs: [uniform([4, 4])] },
    { inputs: [uniform([2, 1, 1])], note: "single numbers" },
    { inputs: [known([1, 2, 3, 2, 4, 6, 0, 1, 1], [3, 3], "float32")], note: "singular" },
  ],
});
