/** @file Flatten: a matrix: axes before `axis` become its rows, the others its columns. */
import { int } from "../../graph/attribute.js";
import { reshape } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";

function flattened(dims: readonly number[], axis: number): number[] {
  const at = axis === dims.length ? axis : resolveAxis(axis, dims.length);
  return [sizeOf(dims.slice(0, at)), sizeOf(dims.slice(at))];
}

export const Flatten = defineOp({
  name: "Flatten",
  since: 13,
  attributes: { axis: int(1) },
  shape: ([x], { axis }) => [{ dtype: x.dtype, shape: flattened(x.shape, axis) }],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [reshape(g, x.shape)],
  oracle: ([x], { axis }) => [{ dims: flattened(x.dims, axis), data: x.data }],
  cases: [
    { inputs: [uniform([2, 3, 4])] },
    { inputs: [uniform([2, 3, 4])], attributes: { axis: 0 } },
    { inputs: [uniform([2, 3, 4])], attributes: { axis: 3 } },
    { inputs: [uniform([2, 3, 4])], attributes: { axis: -1 } },
  ],
});
