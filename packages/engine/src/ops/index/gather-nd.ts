/** @file GatherND: slices of data at index tuples; the first `batch_dims` axes of both go together. */
import { int } from "../../graph/attribute.js";
import { reshape } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { fed, known, uniform } from "../case.js";
import { flatRows, tupleSize } from "./flat-rows.js";
import { fromStart } from "./indices.js";
import { scatterAdd } from "./scatter-add.js";

function gatheredDims(data: readonly number[], indices: readonly number[], batchDims: number): number[] {
  if (batchDims < 0 || batchDims >= Math.min(data.length, indices.length)) {
    throw new NoemaError("AXIS_RANGE", {
      found: `batch_dims ${batchDims}`,
      needed: `0 to ${Math.min(data.length, indices.length) - 1}`,
    });
  }
  const tuple = tupleSize(data, indices, batchDims);
  if (data.slice(0, batchDims).join() !== indices.slice(0, batchDims).join()) {
    throw new NoemaError("SHAPES_DIFFER", {
      found: `data of shape [${data.join(", ")}] and indices of shape [${indices.join(", ")}]`,
      needed: `their first ${batchDims} axes must be equal (batch_dims)`,
    });
  }
  return [...indices.slice(0, -1), ...data.slice(batchDims + tuple)];
}

/** Refuses known tuples that lead outside. */
function checkTuples(indices: Value, dims: readonly number[]): void {
  const tuple = indices.shape[indices.rank - 1];
  indices.constant?.toNumbers().forEach((at, i) => {
    const size = dims[i % tuple];
    if (Number.isInteger(at) && at >= -size && at < size) return;
    throw new NoemaError("INDEX_RANGE", { found: `index ${at}`, needed: `the axis has ${size} elements` });
  });
}

export const GatherND = defineOp({
  name: "GatherND",
  since: 13,
  attributes: { batch_dims: int(0) },
  shape: ([data, indices], { batch_dims }) => {
    const shape = gatheredDims(data.shape, indices.shape, batch_dims);
    checkTuples(indices, data.shape.slice(batch_dims));
    return [{ dtype: data.dtype, shape }];
  },
  gradient: ({ inputs: [data, indices], outputGradients: [g], attributes: { batch_dims } }) => {
    const { rows, rowCount, rowSize } = flatRows(indices, data.shape, batch_dims);
    const sums = scatterAdd(reshape(g, [rows.size, rowSize]), rows, 0, [rowCount, rowSize]);
    return [reshape(sums, data.shape)];
  },
  oracle: ([data, indices], { batch_dims }) => {
    const dims = gatheredDims(data.dims, indices.dims, batch_dims);
    const tuple = tupleSize(data.dims, indices.dims, batch_dims);
    const picked = data.dims.slice(batch_dims, batch_dims + tuple);
    const rowSize = sizeOf(data.dims.slice(batch_dims + tuple));
    const count = sizeOf(indices.dims.slice(0, -1));
    const perBatch = count / sizeOf(data.dims.slice(0, batch_dims));
    const out = new Float64Array(sizeOf(dims));
    for (let i = 0; i < count; i++) {
      let row = Math.floor(i / perBatch);
      for (let k = 0; k < tuple; k++) row = row * picked[k] + fromStart(indices.data[i * tuple + k], picked[k]);
      for (let j = 0; j < rowSize; j++) out[i * rowSize + j] = data.data[row * rowSize + j];
    }
    return [nd(dims, out)];
  },
  cases: [
    { inputs: [uniform([2, 3]), known([0, 2, 1, -1], [2, 2])], note: "elements" },
    { inputs: [uniform([3, 2, 2]), fed([1, -1, 1], [3, 1])], note: "rows, some twice" },
    { inputs: [uniform([2, 3, 2]), fed([1, 0], [2, 1])], attributes: { batch_dims: 1 } },
    { inputs: [uniform([2, 2, 3]), fed([0, 2, 1, 1], [2, 2, 1])], attributes: { batch_dims: 2 } },
  ],
});
