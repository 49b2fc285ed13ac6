/** @file OneHot: a new axis of `depth` elements, on where the index says and off elsewhere. */
import { int } from "../../graph/attribute.js";
import { concat, mul, reduceSum, reshape, sub } from "../../graph/builder.js";
import { constant, emit, knownNumbers } from "../../graph/emit.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";
import { fed, known, uniform } from "../case.js";
import { typesWithoutShapes } from "./types-from-data.js";

export const OneHot = defineOp({
  name: "OneHot",
  since: 11,
  attributes: { axis: int(-1) },
  shape: ([indices, depth, values], attributes) => {
    const axis = resolveAxis(attributes.axis, indices.rank + 1);
    if (depth.constant === null) return typesWithoutShapes([values.dtype], "the depth is only known while running");
    const [count] = knownNumbers(depth, "depth");
    return [{ dtype: values.dtype, shape: [...indices.shape.slice(0, axis), count, ...indices.shape.slice(axis)] }];
  },
  // Only the two values, off and on, are anything one could move.
  gradient: ({ inputs: [indices, depth], outputGradients: [g], attributes: { axis } }) => {
    const [on] = emit("OneHot", [indices, depth, constant(Tensor.ofNumbers("float32", [2], [0, 1]))], { axis });
    const toOn = reshape(reduceSum(mul(g, on)), [1]);
    return [null, null, concat([sub(reshape(reduceSum(g), [1]), toOn), toOn], 0)];
  },
  oracle: ([indices, size, values], attributes) => {
    const axis = resolveAxis(attributes.axis, indices.dims.length + 1);
    const strides = stridesOf(indices.dims);
    const [depth] = size.data;
    const shape = indices.dims.toSpliced(axis, 0, depth);
    return [
      fromIndex(shape, (index) => {
        const at = Math.trunc(indices.data[flatIndex(index.toSpliced(axis, 1), strides)]);
        return values.data[index[axis] === (at < 0 ? at + depth : at) ? 1 : 0];
      }),
    ];
  },
  cases: [
    { inputs: [fed([1, -1, 0, 7], [2, 2]), known([3], []), uniform([2])] },
    { inputs: [fed([1, 0, 2]), known([3]), uniform([2])], attributes: { axis: 0 } },
  ],
});
