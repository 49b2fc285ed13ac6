/** @file Transpose: output axis i is input axis perm[i]; all axes reversed where perm is left out. */
import { ints } from "../../graph/attribute.js";
import { transpose } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { allAxes, resolveAxes } from "../axes.js";
import { uniform } from "../case.js";

function permutation(perm: readonly number[] | undefined, rank: number): number[] {
  if (perm === undefined) return allAxes(rank).reverse();
  if (perm.length !== rank) {
    throw new NoemaError("TRANSPOSE_PERM", {
      found: `perm [${perm.join(", ")}]`,
      needed: `the input has ${rank} axes`,
    });
  }
  return resolveAxes(perm, rank);
}

export const Transpose = defineOp({
  name: "Transpose",
  since: 13,
  attributes: { perm: ints() },
  shape: ([x], { perm }) => [{ dtype: x.dtype, shape: permutation(perm, x.rank).map((axis) => x.shape[axis]) }],
  gradient: ({ inputs: [x], outputGradients: [g], attributes: { perm } }) => {
    const order = permutation(perm, x.rank);
    return [
      transpose(
        g,
        order.map((_, axis) => order.indexOf(axis)),
      ),
    ];
  },
  oracle: ([x], { perm }) => {
    const order = permutation(perm, x.dims.length);
    const own = stridesOf(x.dims);
    const strides = order.map((axis) => own[axis]);
    const dims = order.map((axis) => x.dims[axis]);
    return [fromIndex(dims, (index) => x.data[flatIndex(index, strides)])];
  },
  cases: [
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([2, 3, 4])], attributes: { perm: [1, 2, 0] } },
    { inputs: [uniform([2, 1, 3, 2])], attributes: { perm: [0, 3, 1, 2] } },
    { inputs: [uniform([])], note: "scalar" },
  ],
});
