/** @file GatherElements: y[i][j] = data[indices[i][j]][j], along any axis. */
import { int } from "../../graph/attribute.js";
import { zeros } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { fed, known, uniform } from "../case.js";
import { checkIndices, fromStart } from "./indices.js";

export const GatherElements = defineOp({
  name: "GatherElements",
  since: 13,
  attributes: { axis: int(0) },
  shape: ([data, indices], attributes) => {
    const axis = resolveAxis(attributes.axis, data.rank);
    checkIndices(indices, data.shape[axis]);
    if (indices.rank !== data.rank || indices.shape.some((d, i) => i !== axis && d > data.shape[i])) {
      throw new NoemaError("SHAPES_DIFFER", {
        found: `indices of shape [${indices.shape.join(", ")}]`,
        needed: `the axes of data, [${data.shape.join(", ")}], or fewer elements of them`,
      });
    }
    return [{ dtype: data.dtype, shape: indices.shape }];
  },
  gradient: ({ inputs: [data, indices], outputGradients: [g], attributes: { axis } }) => [
    emit("ScatterElements", [zeros(data.shape), indices, g], { axis, reduction: "add" })[0],
  ],
  oracle: ([data, indices], attributes) => {
    const axis = resolveAxis(attributes.axis, data.dims.length);
    const strides = stridesOf(data.dims);
    const own = stridesOf(indices.dims);
    return [
      fromIndex(indices.dims, (index) => {
        const from = [...index];
        from[axis] = fromStart(indices.data[flatIndex(index, own)], data.dims[axis]);
        return data.data[flatIndex(from, strides)];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([3, 3]), known([1, 0, 2, 1, 1, 1], [2, 3])] },
    { inputs: [uniform([2, 3]), fed([0, 2, -1, 1], [2, 2])], attributes: { axis: -1 } },
    { inputs: [uniform([3, 2]), fed([0, 2], [1, 2])], note: "fewer than data has" },
  ],
});
