/** @file Unsqueeze: inserts axes of size 1, so that they stand at the given places of the result. */
import { reshape } from "../../graph/builder.js";
import { emit, knownNumbers } from "../../graph/emit.js";
import { defineOp } from "../../graph/op.js";
import { allAxes, intsInput, resolveAxes } from "../axes.js";
import { known, uniform } from "../case.js";

function unsqueezed(dims: readonly number[], axes: readonly number[]): number[] {
  const rank = dims.length + axes.length;
  const inserted = new Set(resolveAxes(axes, rank));
  let next = 0;
  return allAxes(rank).map((axis) => (inserted.has(axis) ? 1 : dims[next++]));
}

export const Unsqueeze = defineOp({
  name: "Unsqueeze",
  since: 13,
  shape: ([x, axes]) => [{ dtype: x.dtype, shape: unsqueezed(x.shape, knownNumbers(axes, "where axes are inserted")) }],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [reshape(g, x.shape)],
  oracle: ([x, axes]) => [{ dims: unsqueezed(x.dims, [...axes.data]), data: x.data }],
  cases: [
    { inputs: [uniform([2, 3]), known([0])] },
    { inputs: [uniform([2, 3]), known([-1, 1])] },
    { inputs: [uniform([]), known([0, 1])], note: "scalar" },
  ],
  import: (call) => (call.opset < 13 ? emit("Unsqueeze", [call.inputs[0], intsInput(call, "axes")]) : undefined),
});
