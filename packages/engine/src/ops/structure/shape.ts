/** @file Shape: the dimensions of x from axis `start` to before axis `end`. */
import { int } from "../../graph/attribute.js";
import { intsValue } from "../../graph/emit.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

function dimensions(dims: readonly number[], start: number, end: number | undefined): readonly number[] {
  return dims.slice(start, end);
}

export const Shape = defineOp({
  name: "Shape",
  since: 15,
  attributes: { start: int(0), end: int() },
  shape: ([x], { start, end }) => [{ dtype: "int64", shape: [dimensions(x.shape, start, end).length] }],
  gradient: "zero",
  oracle: ([x], { start, end }) => {
    const dims = dimensions(x.dims, start, end);
    return [nd([dims.length], dims)];
  },
  cases: [
    { inputs: [uniform([2, 3, 4])] },
    { inputs: [uniform([2, 3, 4])], attributes: { start: 1 } },
    { inputs: [uniform([2, 3, 4])], attributes: { start: -2, end: -1 } },
    { inputs: [uniform([2, 3, 4])], attributes: { start: -9, end: 9 } },
    { inputs: [uniform([2, 3])], attributes: { start: 1, end: 0 }, note: "nothing" },
    { inputs: [uniform([])], note: "scalar" },
  ],
  // A known shape is a constant, whatever the elements are: everything computed from it folds.
  import: ({ inputs: [x], attributes: { start = 0, end } }) =>
    x?.knownShape ? [intsValue(dimensions(x.shape, start as number, end as number | undefined))] : undefined,
});
