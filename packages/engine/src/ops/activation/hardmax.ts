/** @file Hardmax: 1 at the greatest element along an axis (the first of several), 0 elsewhere. */
import { int } from "../../graph/attribute.js";

import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { fed, uniform } from "../case.js";
import { importFlattened, mapLines } from "./softmax-axis.js";

function hardmaxOf(line: Float64Array): Float64Array {
  const first = line.indexOf(line.reduce((a, b) => Math.max(a, b)));
  return line.map((_, i) => Number(i === first));
}

export const Hardmax = defineOp({
  name: "Hardmax",
  since: 13,
  attributes: { axis: int(-1) },
  shape: ([x], { axis }) => {
    resolveAxis(axis, x.rank);
    return [x];
  },
  gradient: "zero",
  oracle: ([x], { axis }) => [mapLines(x, axis, hardmaxOf)],
  cases: [
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([2, 3, 4])], attributes: { axis: 1 } },
    { inputs: [uniform([3, 2, 2])], attributes: { axis: -3 } },
    { inputs: [fed([1, 3, 3, 2], [1, 4], "float32")], note: "a tie" },
  ],
  import: importFlattened("Hardmax"),
});
