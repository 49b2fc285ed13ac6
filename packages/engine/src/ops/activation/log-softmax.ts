/** @file LogSoftmax: y = x − ln Σ eˣ along an axis. */
import { int } from "../../graph/attribute.js";
import { exp, mul, reduceSum, sub } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";
import { importFlattened, mapLines } from "./softmax-axis.js";

/** Of one line; the greatest element is subtracted first, so that nothing overflows. */
function logSoftmaxOf(line: Float64Array): Float64Array {
  const top = line.reduce((a, b) => Math.max(a, b));
  const total = line.reduce((sum, v) => sum + Math.exp(v - top), 0);
  return line.map((v) => v - top - Math.log(total));
}

export const LogSoftmax = defineOp({
  name: "LogSoftmax",
  since: 13,
  attributes: { axis: int(-1) },
  shape: ([x], { axis }) => {
    resolveAxis(axis, x.rank);
    return [x];
  },
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes: { axis } }) => [
    sub(g, mul(exp(y), reduceSum(g, [resolveAxis(axis, x.rank)]))),
  ],
  oracle: ([x], { axis }) => [mapLines(x, axis, logSoftmaxOf)],
  cases: [
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([2, 3, 4])], attributes: { axis: 1 } },
    { inputs: [uniform([3, 2, 2])], attributes: { axis: -3 } },
    { inputs: [uniform([2, 3], { low: -300, high: 300, distinct: true, margin: 100 })], note: "past the range of eˣ" },
  ],
  import: importFlattened("LogSoftmax"),
});
