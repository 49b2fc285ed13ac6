/** @file Index tuples, as GatherND and ScatterND have them, as row numbers of the array seen as a matrix. */
import { add, less, mul, reduceSum, reshape, where } from "../../graph/builder.js";
import { constant } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";

/** How many leading axes of data an index tuple picks from. */
export function tupleSize(data: readonly number[], indices: readonly number[], batchDims: number): number {
  const size = indices[indices.length - 1];
  if (indices.length <= batchDims || !(size >= 1 && size <= data.length - batchDims)) {
    throw new NoemaError("INDEX_TUPLES", {
      found: `indices of shape [${indices.join(", ")}] into data of shape [${data.join(", ")}]`,
      needed: "the last axis of the indices picks from as many axes of data",
    });
  }
  return size;
}

export interface FlatRows {
  /** Row numbers, int64, one per tuple. */
  readonly rows: Value;
  readonly rowCount: number;
  readonly rowSize: number;
}

export function flatRows(indices: Value, data: readonly number[], batchDims = 0): FlatRows {
  const tuple = tupleSize(data, indices.shape, batchDims);
  const picked = data.slice(batchDims, batchDims + tuple);
  const strides = picked.map((_, i) => sizeOf(picked.slice(i + 1)));
  const ints = (dims: readonly number[], numbers: readonly number[]) =>
    constant(Tensor.ofNumbers("int64", dims, numbers));
  const fromStart = where(less(indices, 0), add(indices, ints([tuple], picked)), indices);
  const local = reduceSum(mul(fromStart, ints([tuple], strides)), [indices.rank - 1], { keepdims: false });
  const batches = sizeOf(data.slice(0, batchDims));
  const perBatch = sizeOf(picked);
  const inBatches = reshape(local, [batches, local.size / batches]);
  const offsets = ints(
    [batches, 1],
    Array.from({ length: batches }, (_, i) => i * perBatch),
  );
  const rows = batches === 1 ? local : add(inBatches, offsets);
  return {
    rows: reshape(rows, [local.size]),
    rowCount: batches * perBatch,
    rowSize: sizeOf(data.slice(batchDims + tuple)),
  };
}
