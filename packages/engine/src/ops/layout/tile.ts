/** @file Tile: x repeated `repeats[i]` times along axis i. */
import { reduceSum, reshape } from "../../graph/builder.js";
import { knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";

function tiled(dims: readonly number[], repeats: readonly number[]): number[] {
  if (repeats.length !== dims.length || repeats.some((r) => r < 0)) {
    throw new NoemaError("TILE_REPEATS", {
      found: `repeats [${repeats.join(", ")}] of shape [${dims.join(", ")}]`,
      needed: "one per axis, none negative",
    });
  }
  return dims.map((d, i) => d * repeats[i]);
}

export const Tile = defineOp({
  name: "Tile",
  since: 13,
  shape: ([x, repeats]) => [
    { dtype: x.dtype, shape: tiled(x.shape, knownNumbers(repeats, "how often it is repeated")) },
  ],
  gradient: ({ inputs: [x, repeats], outputGradients: [g] }) => {
    // Each repeated axis is seen as copies × elements; the copies are summed.
    const split: number[] = [];
    const copies: number[] = [];
    knownNumbers(repeats, "how often it is repeated").forEach((count, axis) => {
      if (count !== 1) copies.push(split.push(count) - 1);
      split.push(x.shape[axis]);
    });
    return [reduceSum(reshape(g, split), copies, { keepdims: false })];
  },
  oracle: ([x, repeats]) => {
    const strides = stridesOf(x.dims);
    return [
      fromIndex(tiled(x.dims, [...repeats.data]), (index) => {
        let at = 0;
        for (let axis = 0; axis < strides.length; axis++) at += (index[axis] % x.dims[axis]) * strides[axis];
        return x.data[at];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([2, 3]), known([1, 2])] },
    { inputs: [uniform([2, 1, 3]), known([2, 3, 2])] },
    { inputs: [uniform([2]), known([1])], note: "once" },
    { inputs: [uniform([2, 2]), known([0, 1])], note: "never" },
  ],
});
