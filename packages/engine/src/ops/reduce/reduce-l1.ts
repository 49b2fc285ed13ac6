/** @file ReduceL1: y = Σ |x| over axes. */
import { mul, sign } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { axesAsInput, keepAxes, reduceAttributes, reduceNd, reduceShape } from "./reduction.js";

export const ReduceL1 = defineOp({
  name: "ReduceL1",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputGradients: [g], attributes }) => [mul(sign(inputs[0]), keepAxes(g, inputs, attributes))],
  oracle: (inputs, attributes) =>
    reduceNd(inputs, attributes, (values) => values.reduce((sum, v) => sum + Math.abs(v), 0)),
  import: axesAsInput("ReduceL1", 18),
  cases: [
    { inputs: [uniform([2, 3, 2], { awayFrom: 0 }), known([1])] },
    { inputs: [uniform([2, 3], { awayFrom: 0 })], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3], { awayFrom: 0 }), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
