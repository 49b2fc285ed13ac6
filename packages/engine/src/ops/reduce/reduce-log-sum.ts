/** @file ReduceLogSum: y = ln(Σ x) over axes. */
import { exp, mul, neg } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { axesAsInput, reduceAttributes, reduceNd, reduceShape, spread } from "./reduction.js";

export const ReduceLogSum = defineOp({
  name: "ReduceLogSum",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputs: [y], outputGradients: [g], attributes }) => [
    spread(mul(g, exp(neg(y))), inputs, attributes),
  ],
  oracle: (inputs, attributes) => reduceNd(inputs, attributes, (values) => Math.log(values.reduce((a, b) => a + b, 0))),
  import: axesAsInput("ReduceLogSum", 18),
  cases: [
    { inputs: [uniform([2, 3, 2], { low: 0.5 }), known([1])] },
    { inputs: [uniform([2, 3], { low: 0.5 })], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3], { low: 0.5 }), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
