/** @file ReduceL2: y = √(Σ x²) over axes. Where y is 0 the gradient is taken as 0. */
import { div, equal, mul, where } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { axesAsInput, keepAxes, reduceAttributes, reduceNd, reduceShape } from "./reduction.js";

export const ReduceL2 = defineOp({
  name: "ReduceL2",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputs: [y], outputGradients: [g], attributes }) => {
    const perNorm = div(where(equal(y, 0), 0, g), where(equal(y, 0), 1, y));
    return [mul(inputs[0], keepAxes(perNorm, inputs, attributes))];
  },
  oracle: (inputs, attributes) =>
    reduceNd(inputs, attributes, (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0))),
  import: axesAsInput("ReduceL2", 18),
  cases: [
    { inputs: [uniform([2, 3, 2]), known([1])] },
    { inputs: [uniform([2, 3])], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3], { awayFrom: 0 }), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
