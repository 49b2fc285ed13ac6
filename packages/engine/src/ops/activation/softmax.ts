/** @file Softmax: y = eˣ / Σ eˣ along an axis. */
import { int } from "../../graph/attribute.js";
import { mul, reduceSum, sub } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";
import { importFlattened, mapLines } from "./softmax-axis.js";

/** Of one line; the greatest element is subtracted first, so that nothing overflows. */
function softmaxOf(line: Float64Array): Float64Array {
  const top = line.reduce((a, b) => Math.max(a, b));
  const powers = line.map((v) => Math.exp(v - top));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / total);
}

export const Softmax = defineOp({
  name: "Softmax",
  since: 13,
  attributes: { axis: int(-1) },
  shape: ([x], { axis }) => {
    resolveAxis(axis, x.rank);
    return [x];
  },
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes: { axis } }) => {
    const mean = reduceSum(mul(g, y), [resolveAxis(axis, x.rank)]);
    return [mul(y, sub(g, mean))];
  },
  oracle: ([x], { axis }) => [mapLines(x, axis, softmaxOf)],
  cases: [
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([2, 3, 4])], attributes: { axis: 1 } },
    { inputs: [uniform([3, 2, 2])], attributes: { axis: -3 } },
    { inputs: [uniform([2, 3], { low: -300, high: 300, distinct: true, margin: 100 })], note: "past the range of eˣ" },
  ],
  import: importFlattened("Softmax"),
});
