/** @file The adjoint of gathering: adds slices back to where they were taken from, the cheapest way there is. */
import { concat, expand, gather, pad, reduceSum, reshape, zeros } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";

/**
 * Sums slices of `g` into an array of shape `shape`: slice i along `axis` is added to position indices[i].
 *
 * @param g of shape `shape`, but with the dimensions of `indices` in place of `axis`
 */
export function scatterAdd(g: Value, indices: Value, axis: number, shape: readonly number[]): Value {
  const count = indices.size;
  const rows = [...shape.slice(0, axis), count, ...shape.slice(axis + 1)];
  const slices = reshape(g, rows);
  const size = shape[axis];
  if (indices.constant !== null && count > 0) {
    const numbers = Array.from(indices.constant.toNumbers(), (i) => (i < 0 ? i + size : i));
    if (numbers.every((at, i) => at === numbers[0] + i)) return padded(slices, axis, numbers[0], size);
    const collected = collect(slices, axis, numbers, size);
    if (collected !== undefined) return collected;
  }
  const positions = reshape(
    indices,
    rows.map((d, i) => (i === axis ? d : 1)),
  );
  return emit("ScatterElements", [zeros(shape), expand(positions, rows), slices], { axis, reduction: "add" })[0];
}

function padded(slices: Value, axis: number, first: number, size: number): Value {
  const { shape } = slices;
  const before = shape.map((_, i) => (i === axis ? first : 0));
  const after = shape.map((d, i) => (i === axis ? size - first - d : 0));
  return pad(slices, [...before, ...after]);
}

/** Known indices that seldom repeat: each position gathers what was taken from it, instead of scattering. */
function collect(slices: Value, axis: number, numbers: readonly number[], size: number): Value | undefined {
  if (size > 4 * numbers.length) return undefined;
  const takers: number[][] = Array.from({ length: size }, () => []);
  numbers.forEach((at, i) => {
    takers[at].push(i);
  });
  const most = takers.reduce((length, list) => Math.max(length, list.length), 0);
  // Reading is several times cheaper than scattering, but not any number of times.
  if (most * size > 4 * numbers.length) return undefined;
  const full = takers.every((list) => list.length === most);
  const zero = numbers.length;
  const order = takers.flatMap((list) => Array.from({ length: most }, (_, i) => list[i] ?? zero));
  const shape = slices.shape.map((d, i) => (i === axis ? 1 : d));
  const source = full ? slices : concat([slices, zeros(shape)], axis);
  const dims = most === 1 ? [size] : [size, most];
  const taken = gather(source, constant(Tensor.ofNumbers("int64", dims, order)), axis);
  return most === 1 ? taken : reduceSum(taken, [axis + 1], { keepdims: false });
}

/** Dimensions of a gather along an axis. */
export function gatheredShape(data: readonly number[], indices: readonly number[], axis: number): number[] {
  return [...data.slice(0, axis), ...indices, ...data.slice(axis + 1)];
}

/** Elements before, along and after an axis. */
export function around(dims: readonly number[], axis: number): [before: number, along: number, after: number] {
  return [sizeOf(dims.slice(0, axis)), dims[axis], sizeOf(dims.slice(axis + 1))];
}
