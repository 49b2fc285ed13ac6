/** @file ReduceSumSquare: y = Σ x² over axes. */
import { mul } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { axesAsInput, keepAxes, reduceAttributes, reduceNd, reduceShape } from "./reduction.js";

export const ReduceSumSquare = defineOp({
  name: "ReduceSumSquare",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputGradients: [g], attributes }) => [mul(inputs[0], keepAxes(mul(g, 2), inputs, attributes))],
  oracle: (inputs, attributes) => reduceNd(inputs, attributes, (values) => values.reduce((sum, v) => sum + v * v, 0)),
  import: axesAsInput("ReduceSumSquare", 18),
  cases: [
    { inputs: [uniform([2, 3, 2]), known([1])] },
    { inputs: [uniform([2, 3])], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3]), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
