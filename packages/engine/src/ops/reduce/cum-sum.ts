/** @file CumSum: running sums along an axis; from the end with `reverse`, without the element itself with `exclusive`. */
import { int } from "../../graph/attribute.js";
import { emit, knownNumbers } from "../../graph/emit.js";
import { ndZeros } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { fed, known, uniform } from "../case.js";
import { around } from "../index/scatter-add.js";

export const CumSum = defineOp({
  name: "CumSum",
  since: 14,
  attributes: { exclusive: int(0), reverse: int(0) },
  shape: ([x, axis]) => {
    if (axis.constant !== null) resolveAxis(knownNumbers(axis, "axis")[0], x.rank);
    return [x];
  },
  gradient: ({ inputs: [, axis], outputGradients: [g], attributes: { exclusive, reverse } }) =>
    emit("CumSum", [g, axis], { exclusive, reverse: reverse ? 0 : 1 }),
  oracle: ([x, axis], { exclusive, reverse }) => {
    const [before, along, after] = around(x.dims, resolveAxis(axis.data[0], x.dims.length));
    const out = ndZeros(x.dims);
    for (let b = 0; b < before; b++) {
      for (let a = 0; a < after; a++) {
        let sum = 0;
        for (let i = 0; i < along; i++) {
          const at = (b * along + (reverse ? along - 1 - i : i)) * after + a;
          out.data[at] = exclusive ? sum : sum + x.data[at];
          sum += x.data[at];
        }
      }
    }
    return [out];
  },
  cases: [
    { inputs: [uniform([2, 3, 2]), known([1], [])] },
    { inputs: [uniform([2, 3]), known([-1])], attributes: { exclusive: 1 } },
    { inputs: [uniform([2, 3]), fed([0], [], "int32")], attributes: { reverse: 1 } },
    { inputs: [uniform([2, 3]), known([1], [])], attributes: { exclusive: 1, reverse: 1 } },
  ],
});
