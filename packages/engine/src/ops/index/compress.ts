/** @file Compress: the slices along an axis (or the elements) whose condition holds. How many must be known beforehand. */
import { int } from "../../graph/attribute.js";
import { gather, reshape } from "../../graph/builder.js";
import { intsValue, knownNumbers } from "../../graph/emit.js";
import { nd } from "../../graph/nd.js";
import { defineOp, expansion } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";
import { known, uniform } from "../case.js";
import { checkIndices } from "./indices.js";
import { around, gatheredShape } from "./scatter-add.js";

function chosen(condition: ArrayLike<number>): number[] {
  return Array.from(condition).flatMap((held, i) => (held ? [i] : []));
}

export const Compress = defineOp({
  name: "Compress",
  since: 11,
  attributes: { axis: int() },
  shape: ([x, condition], { axis }) => {
    const taken = chosen(knownNumbers(condition, "the condition"));
    const dims = axis === undefined ? [x.size] : x.shape;
    const along = resolveAxis(axis ?? 0, dims.length);
    checkIndices(intsValue(taken), dims[along]);
    return [{ dtype: x.dtype, shape: gatheredShape(dims, [taken.length], along) }];
  },
  gradient: expansion(([x, condition], { axis }: { axis: number | undefined }) => {
    const taken = intsValue(chosen(knownNumbers(condition, "the condition")));
    return [axis === undefined ? gather(reshape(x, [x.size]), taken, 0) : gather(x, taken, resolveAxis(axis, x.rank))];
  }),
  oracle: ([x, condition], { axis }) => {
    const dims = axis === undefined ? [sizeOf(x.dims)] : x.dims;
    const at = resolveAxis(axis ?? 0, dims.length);
    const [before, along, after] = around(dims, at);
    const taken = chosen(condition.data);
    const out: number[] = [];
    for (let b = 0; b < before; b++) {
      for (const i of taken) {
        for (let a = 0; a < after; a++) out.push(x.data[(b * along + i) * after + a]);
      }
    }
    return [nd(gatheredShape(dims, [taken.length], at), out)];
  },
  cases: [
    { inputs: [uniform([3, 2]), known([0, 1, 1], [3], "bool")], attributes: { axis: 0 } },
    { inputs: [uniform([2, 3]), known([1, 0, 1], [3], "bool")], attributes: { axis: -1 } },
    { inputs: [uniform([2, 3]), known([1, 0, 0, 1, 1], [5], "bool")], note: "elements" },
  ],
});
