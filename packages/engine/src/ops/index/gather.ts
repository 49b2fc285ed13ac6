/** @file Gather: slices of data along an axis, picked by indices of any shape. */
import { int } from "../../graph/attribute.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";
import { fed, known, uniform } from "../case.js";
import { checkIndices, fromStart } from "./indices.js";
import { around, gatheredShape, scatterAdd } from "./scatter-add.js";

export const Gather = defineOp({
  name: "Gather",
  since: 13,
  attributes: { axis: int(0) },
  shape: ([data, indices], attributes) => {
    const axis = resolveAxis(attributes.axis, data.rank);
    checkIndices(indices, data.shape[axis]);
    return [{ dtype: data.dtype, shape: gatheredShape(data.shape, indices.shape, axis) }];
  },
  gradient: ({ inputs: [data, indices], outputGradients: [g], attributes }) => [
    scatterAdd(g, indices, resolveAxis(attributes.axis, data.rank), data.shape),
  ],
  oracle: ([data, indices], attributes) => {
    const axis = resolveAxis(attributes.axis, data.dims.length);
    const [before, along, after] = around(data.dims, axis);
    const dims = gatheredShape(data.dims, indices.dims, axis);
    const out = new Float64Array(sizeOf(dims));
    let to = 0;
    for (let b = 0; b < before; b++) {
      for (const index of indices.data) {
        const from = (b * along + fromStart(index, along)) * after;
        for (let a = 0; a < after; a++) out[to++] = data.data[from + a];
      }
    }
    return [nd(dims, out)];
  },
  cases: [
    { inputs: [uniform([4, 3]), known([2], [])], note: "one row" },
    { inputs: [uniform([2, 4, 3]), known([1, 2])], attributes: { axis: 1 }, note: "a run" },
    { inputs: [uniform([2, 4]), known([3, 0, -3, 2])], attributes: { axis: -1 }, note: "a permutation" },
    { inputs: [uniform([5, 2]), known([0, 4, 4, 1, 0, 2], [2, 3])], note: "some twice, some never" },
    { inputs: [uniform([9, 2]), known([3, 3, 3, 3])], note: "one many times" },
    { inputs: [uniform([2, 4, 3]), fed([1, -1, 1, 0], [2, 2])], attributes: { axis: 1 }, note: "fed indices" },
    { inputs: [uniform([4, 3]), fed([1, 0, 1], [3], "int32")], note: "int32" },
  ],
});
