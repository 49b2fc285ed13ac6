/** @file MatMul: y = a · b over the last two axes; earlier axes broadcast; a vector is a row on the left, a column on the right. */
import { matmul, reshape, transpose } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { broadcastStrides, flatIndex, fromIndex, type Nd, tryBroadcast } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";

interface ProductDims {
  /** Dimensions of the operands once vectors are matrices. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly batch: readonly number[];
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** Dimensions of the product. */
  readonly y: readonly number[];
}

function productDims(aDims: readonly number[], bDims: readonly number[]): ProductDims {
  const describe = `shapes [${aDims.join(", ")}] and [${bDims.join(", ")}]`;
  if (aDims.length === 0 || bDims.length === 0) {
    throw new NoemaError("MATMUL_RANK", { found: describe, needed: "scalars have no matrix product" });
  }
  const a = aDims.length === 1 ? [1, aDims[0]] : aDims;
  const b = bDims.length === 1 ? [bDims[0], 1] : bDims;
  const [m, k] = a.slice(-2);
  const [inner, n] = b.slice(-2);
  const batch = tryBroadcast([a.slice(0, -2), b.slice(0, -2)]);
  if (k !== inner || batch === undefined) {
    throw new NoemaError("MATMUL_SHAPES", {
      found: describe,
      needed: k !== inner ? `${k} columns meet ${inner} rows` : "the leading axes do not broadcast",
    });
  }
  const y = [...batch, ...(aDims.length === 1 ? [] : [m]), ...(bDims.length === 1 ? [] : [n])];
  return { a, b, batch, m, k, n, y };
}

function product(a: Nd, b: Nd): Nd {
  const dims = productDims(a.dims, b.dims);
  const { batch, m, k, n } = dims;
  const aStrides = broadcastStrides(dims.a, [...batch, m, k]);
  const bStrides = broadcastStrides(dims.b, [...batch, k, n]);
  const full = fromIndex([...batch, m, n], (index) => {
    const lead = index.slice(0, -2);
    const [i, j] = index.slice(-2);
    const aAt = flatIndex([...lead, i, 0], aStrides);
    const bAt = flatIndex([...lead, 0, j], bStrides);
    let sum = 0;
    for (let l = 0; l < k; l++) {
      sum += a.data[aAt + l * aStrides[batch.length + 1]] * b.data[bAt + l * bStrides[batch.length]];
    }
    return sum;
  });
  return { dims: dims.y, data: full.data };
}

/** Swaps the last two axes. ONNX Runtime folds this for weights and fuses it into the product otherwise. */
function swap(x: Value): Value {
  const { rank } = x;
  return transpose(x, [...x.shape.keys()].slice(0, -2).concat([rank - 1, rank - 2]));
}

/**
 * a · b as the gradient of `operand`. Where that was transposed before, as keys are in attention, the product is computed
 * transposed: its own transpose and the one that follows from the operand's undo each other.
 */
function productTowards(operand: Value, a: Value, b: Value): Value {
  return operand.node?.op === "Transpose" ? swap(matmul(swap(b), swap(a))) : matmul(a, b);
}

/** Batch axes become rows, for an operand that all batches share: one product in place of many and a sum over them. */
function flat(x: Value): Value {
  return reshape(x, [sizeOf(x.shape.slice(0, -1)), x.shape[x.rank - 1]]);
}

export const MatMul = defineOp({
  name: "MatMul",
  since: 13,
  shape: ([a, b]) => [{ dtype: a.dtype, shape: productDims(a.shape, b.shape).y }],
  gradient: ({ inputs: [a, b], outputGradients: [g], wanted }) => {
    const dims = productDims(a.shape, b.shape);
    const [left, right] = [reshape(a, dims.a), reshape(b, dims.b)];
    const seed = reshape(g, [...dims.batch, dims.m, dims.n]);
    const toLeft = () => {
      const part = productTowards(left, seed, swap(right));
      return a.rank === 1 ? reshape(part, [...dims.batch, dims.k]) : part;
    };
    const toRight = () => {
      const shared = left.rank > 2 && sizeOf(right.shape.slice(0, -2)) === 1 && left.rank === seed.rank;
      const same = left.shape.slice(0, -1).every((d, i) => d === seed.shape[i]);
      const [rows, seeds] = shared && same ? [flat(left), flat(seed)] : [left, seed];
      const part = productTowards(right, swap(rows), seeds);
      return b.rank === 1 ? reshape(part, part.shape.slice(0, -1)) : part;
    };
    return [wanted[0] ? toLeft() : null, wanted[1] ? toRight() : null];
  },
  oracle: ([a, b]) => [product(a, b)],
  multiplyAdds: ([a], [y]) => y.size * a.shape[a.rank - 1],
  cases: [
    { inputs: [uniform([2, 3]), uniform([3, 4])] },
    { inputs: [uniform([2, 2, 3]), uniform([3, 4], { constant: true })], note: "batched times a shared weight" },
    { inputs: [uniform([2, 3]), uniform([2, 2, 3, 2])], note: "a shared matrix times a batch" },
    { inputs: [uniform([2, 1, 2, 3]), uniform([3, 3, 2])], note: "batches broadcast both ways" },
    { inputs: [uniform([1, 2, 3]), uniform([1, 1, 3, 2])], note: "more leading ones on the right" },
    { inputs: [uniform([3]), uniform([3])], note: "vectors" },
    { inputs: [uniform([3]), uniform([2, 3, 2])], note: "vector times matrices" },
    { inputs: [uniform([2, 2, 3]), uniform([3])], note: "matrices times vector" },
  ],
});
