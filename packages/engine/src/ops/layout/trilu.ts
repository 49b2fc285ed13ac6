/** @file Trilu: of each matrix the triangle on and above (upper) or on and below diagonal k; zeros elsewhere. */
import { int } from "../../graph/attribute.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed, known, uniform } from "../case.js";

export const Trilu = defineOp({
  name: "Trilu",
  since: 14,
  attributes: { upper: int(1) },
  shape: ([x]) => {
    if (x.rank < 2) {
      throw new NoemaError("INPUT_RANK", { found: `an input with ${x.rank} axes`, needed: "matrices have two" });
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ({ inputs: [, k], outputGradients: [g], attributes }) => emit("Trilu", [g, k], attributes),
  oracle: ([x, k], { upper }) => {
    const strides = stridesOf(x.dims);
    const diagonal = k?.data[0] ?? 0;
    return [
      fromIndex(x.dims, (index) => {
        const above = index[index.length - 1] - index[index.length - 2] - diagonal;
        return (upper ? above >= 0 : above <= 0) ? x.data[flatIndex(index, strides)] : 0;
      }),
    ];
  },
  cases: [
    { inputs: [uniform([3, 4])] },
    { inputs: [uniform([2, 4, 3]), known([-1], [])], attributes: { upper: 0 } },
    { inputs: [uniform([3, 3]), fed([1], [])], note: "diagonal fed" },
    { inputs: [uniform([3, 3]), known([7], [])], note: "nothing left" },
  ],
});
