/** @file Squeeze: removes axes of size 1: the given ones, or all. */
import { reshape } from "../../graph/builder.js";
import { emit, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineOp } from "../../graph/op.js";
import { intsInput, resolveAxes } from "../axes.js";
import { known, uniform } from "../case.js";

function squeezed(dims: readonly number[], axes: readonly number[] | undefined): number[] {
  const removed = new Set(axes ? resolveAxes(axes, dims.length) : dims.flatMap((d, i) => (d === 1 ? [i] : [])));
  for (const axis of removed) {
    if (dims[axis] !== 1) {
      throw new NoemaError("SQUEEZE_AXIS", {
        found: `axis ${axis} of shape [${dims.join(", ")}]`,
        needed: "only axes of size 1 can be removed",
      });
    }
  }
  return dims.filter((_, i) => !removed.has(i));
}

export const Squeeze = defineOp({
  name: "Squeeze",
  since: 13,
  shape: ([x, axes]) => [
    { dtype: x.dtype, shape: squeezed(x.shape, axes ? knownNumbers(axes, "which axes are removed") : undefined) },
  ],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [reshape(g, x.shape)],
  oracle: ([x, axes]) => [{ dims: squeezed(x.dims, axes && [...axes.data]), data: x.data }],
  cases: [
    { inputs: [uniform([1, 3, 1, 2])], note: "all" },
    { inputs: [uniform([1, 3, 1, 2]), known([-2])] },
    { inputs: [uniform([1, 1]), known([0, 1])], note: "to a scalar" },
  ],
  import: (call) => (call.opset < 13 ? emit("Squeeze", [call.inputs[0], intsInput(call, "axes")]) : undefined),
});
