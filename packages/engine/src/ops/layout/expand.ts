/** @file Expand: repeats x to the shape that it and `shape` broadcast to. */
import { knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { broadcastStrides, flatIndex, fromIndex, tryBroadcast } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";

function expanded(dims: readonly number[], wanted: readonly number[]): number[] {
  const shape = tryBroadcast([dims, wanted]);
  if (shape === undefined) {
    throw new NoemaError("SHAPES_DIFFER", {
      found: `shape [${dims.join(", ")}] to [${wanted.join(", ")}]`,
      needed: "they must broadcast against each other",
    });
  }
  return shape;
}

export const Expand = defineOp({
  name: "Expand",
  since: 13,
  shape: ([x, shape]) => [{ dtype: x.dtype, shape: expanded(x.shape, knownNumbers(shape, "the new shape")) }],
  gradient: ({ outputGradients: [g] }) => [g],
  oracle: ([x, shape]) => {
    const dims = expanded(x.dims, [...shape.data]);
    const strides = broadcastStrides(x.dims, dims);
    return [fromIndex(dims, (index) => x.data[flatIndex(index, strides)])];
  },
  cases: [
    { inputs: [uniform([3, 1]), known([2, 1, 4])] },
    { inputs: [uniform([3, 4]), known([1])], note: "the wanted shape is the smaller one" },
    { inputs: [uniform([]), known([2, 2])], note: "scalar" },
    { inputs: [uniform([2, 1]), known([3, 2, 1])] },
  ],
});
