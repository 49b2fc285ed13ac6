/**
 * @file ScatterND: a copy of data in which the slices at index tuples are replaced by, or combined with, updates.
 * ONNX Runtime combines slices on several threads without locks, so that sums over equal tuples come out wrong:
 * combining is therefore read as ScatterElements, which it does in order.
 */
import { string } from "../../graph/attribute.js";
import { expand, reshape } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { fed, known, uniform } from "../case.js";
import { flatRows, tupleSize } from "./flat-rows.js";
import { fromStart } from "./indices.js";
import { combinationOf, scatterGradient } from "./scatter-reduction.js";

/** The same by ScatterElements on the array seen as a matrix of slices. */
function scatterInOrder(data: Value, indices: Value, updates: Value, reduction: string): Value {
  const { rows, rowCount, rowSize } = flatRows(indices, data.shape);
  const dims = [rows.size, rowSize];
  const matrix = reshape(data, [rowCount, rowSize]);
  const positions = expand(reshape(rows, [rows.size, 1]), dims);
  const [y] = emit("ScatterElements", [matrix, positions, reshape(updates, dims)], { axis: 0, reduction });
  return reshape(y, data.shape);
}

export const ScatterND = defineOp({
  name: "ScatterND",
  since: 18,
  attributes: { reduction: string("none") },
  shape: ([data, indices, updates], { reduction }) => {
    combinationOf(reduction);
    const tuple = tupleSize(data.shape, indices.shape, 0);
    const expected = [...indices.shape.slice(0, -1), ...data.shape.slice(tuple)];
    if (expected.join() !== updates.shape.join()) {
      throw new NoemaError("SHAPES_DIFFER", {
        found: `updates of shape [${updates.shape.join(", ")}]`,
        needed: `data and indices ask for [${expected.join(", ")}]`,
      });
    }
    return [{ dtype: data.dtype, shape: data.shape }];
  },
  gradient: ({ inputs: [data, indices, updates], outputs: [y], outputGradients: [g], attributes: { reduction } }) => {
    const [toData, toUpdates] = scatterGradient({
      data,
      updates,
      y,
      g,
      reduction,
      take: (x) => emit("GatherND", [x, indices])[0],
      put: (base, values, how) =>
        how === "none" ? emit("ScatterND", [base, indices, values])[0] : scatterInOrder(base, indices, values, how),
    });
    return [toData, null, toUpdates];
  },
  oracle: ([data, indices, updates], { reduction }) => {
    const combine = combinationOf(reduction);
    const tuple = tupleSize(data.dims, indices.dims, 0);
    const rowSize = sizeOf(data.dims.slice(tuple));
    const out = data.data.slice();
    for (let i = 0; i < indices.data.length / tuple; i++) {
      let row = 0;
      for (let k = 0; k < tuple; k++) {
        row = row * data.dims[k] + fromStart(indices.data[i * tuple + k], data.dims[k]);
      }
      for (let j = 0; j < rowSize; j++) {
        const at = row * rowSize + j;
        out[at] = combine(out[at], updates.data[i * rowSize + j]);
      }
    }
    return [nd(data.dims, out)];
  },
  import: ({ inputs, attributes }) => {
    const [data, indices, updates] = inputs;
    const reduction = (attributes.reduction ?? "none") as string;
    if (reduction === "none" || !data?.knownShape || !indices?.knownShape || !updates) return undefined;
    combinationOf(reduction);
    return [scatterInOrder(data, indices, updates, reduction)];
  },
  cases: [
    { inputs: [uniform([3, 2]), known([2, 0], [2, 1]), uniform([2, 2])], note: "rows" },
    { inputs: [uniform([3, 2]), fed([2, 0, 0, -1], [2, 2]), uniform([2])], note: "elements" },
    { inputs: [uniform([3, 2]), fed([1, 1], [2, 1]), uniform([2, 2])], attributes: { reduction: "add" } },
    { inputs: [uniform([3, 2]), fed([1, 1], [2, 1]), uniform([2, 2])], attributes: { reduction: "mul" } },
    {
      inputs: [uniform([4], { distinct: true }), fed([0, 0, 3], [3, 1]), uniform([3], { low: -1.95, distinct: true })],
      attributes: { reduction: "max" },
    },
    {
      inputs: [uniform([4], { distinct: true }), fed([0, 0, 3], [3, 1]), uniform([3], { low: -1.95, distinct: true })],
      attributes: { reduction: "min" },
    },
  ],
});
