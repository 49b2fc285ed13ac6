/** @file ReduceLogSumExp: y = ln(Σ eˣ) over axes. Its gradient is the softmax of x. */
import { exp, mul, sub } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { axesAsInput, keepAxes, reduceAttributes, reduceNd, reduceShape } from "./reduction.js";

function logSumExp(values: readonly number[]): number {
  const top = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(top)) return top;
  return top + Math.log(values.reduce((sum, v) => sum + Math.exp(v - top), 0));
}

export const ReduceLogSumExp = defineOp({
  name: "ReduceLogSumExp",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputs: [y], outputGradients: [g], attributes }) => [
    mul(exp(sub(inputs[0], keepAxes(y, inputs, attributes))), keepAxes(g, inputs, attributes)),
  ],
  oracle: (inputs, attributes) => reduceNd(inputs, attributes, logSumExp),
  import: axesAsInput("ReduceLogSumExp", 18),
  cases: [
    { inputs: [uniform([2, 3, 2]), known([1])] },
    { inputs: [uniform([2, 3], { low: 90, high: 100 })], attributes: { keepdims: 0 }, note: "eˣ is past the range" },
    { inputs: [uniform([2, 3]), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
