/** @file permute and reshaped: reordering axes with as few Transpose nodes as possible; constants are rearranged at once. */
import { reshape, transpose } from "../graph/builder.js";
import { constant } from "../graph/emit.js";
import { stridesOf } from "../graph/nd.js";
import { sizeOf, Tensor } from "../graph/tensor.js";
import type { Node, Value } from "../graph/value.js";

const permuted = new WeakMap<Value, Map<string, Value>>();

/**
 * A value with its axes reordered: output axis i is input axis perm[i]. Asking twice gives the same value; reordering
 * back gives the original; constants are rearranged when somebody looks at them, without a node.
 */
export function permute(x: Value, perm: readonly number[]): Value {
  if (perm.every((p, i) => p === i)) return x;
  const key = perm.join();
  const known = permuted.get(x) ?? new Map<string, Value>();
  permuted.set(x, known);
  const result = known.get(key) ?? permuteAnew(x, perm);
  known.set(key, result);
  return result;
}

function permuteAnew(x: Value, perm: readonly number[]): Value {
  if (x.constant !== null) return permutedConstant(x.constant, perm, x.name);
  if (x.knownShape === null) return transpose(x, perm);
  const inner = transposed(x.node);
  if (inner !== undefined) {
    return permute(
      inner.x,
      perm.map((p) => inner.perm[p]),
    );
  }
  const { shape } = x;
  const moving = perm.filter((p) => shape[p] !== 1);
  if (moving.every((p, i) => i === 0 || moving[i - 1] < p)) {
    return reshaped(
      x,
      perm.map((p) => shape[p]),
    );
  }
  return transpose(x, perm);
}

function transposed(node: Node | null): { x: Value; perm: readonly number[] } | undefined {
  if (node?.op !== "Transpose" || node.domain !== "") return undefined;
  return { x: node.inputs[0]!, perm: node.attributes.perm.value as readonly number[] };
}

function permutedConstant(tensor: Tensor, perm: readonly number[], name: string): Value {
  const dims = perm.map((p) => tensor.dims[p]);
  return constant(
    Tensor.lazy(tensor.dtype, dims, () => permutedData(tensor, perm, dims)),
    name,
  );
}

function permutedData(tensor: Tensor, perm: readonly number[], dims: readonly number[]): Tensor["data"] {
  const from = tensor.data;
  const to = from.slice() as typeof from;
  const own = stridesOf(tensor.dims);
  const strides = perm.map((p) => own[p]);
  const rank = dims.length;
  const run = dims[rank - 1];
  const step = strides[rank - 1];
  const index = new Array<number>(rank).fill(0);
  let at = 0;
  for (let written = 0; written < to.length; ) {
    for (let i = 0, source = at; i < run; i++, source += step) to[written++] = from[source];
    for (let axis = rank - 2; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < dims[axis]) break;
      at -= strides[axis] * dims[axis];
      index[axis] = 0;
    }
  }
  return to;
}

/** The same elements with other dimensions; constants without a node, and back to the original where that is asked. */
export function reshaped(x: Value, shape: readonly number[]): Value {
  const { constant: tensor, node } = x;
  if (tensor !== null && sizeOf(shape) === tensor.size) {
    return constant(
      Tensor.lazy(tensor.dtype, shape, () => tensor.data),
      x.name,
    );
  }
  if (node?.op === "Reshape" && node.domain === "") return reshape(node.inputs[0]!, shape);
  return reshape(x, shape);
}
