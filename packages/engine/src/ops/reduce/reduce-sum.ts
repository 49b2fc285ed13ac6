/** @file ReduceSum: y = Σ x over axes. */
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { axesAsInput, reduceAttributes, reduceNd, reduceShape, spread } from "./reduction.js";

export const ReduceSum = defineOp({
  name: "ReduceSum",
  since: 13,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputGradients: [g], attributes }) => [spread(g, inputs, attributes)],
  oracle: (inputs, attributes) => reduceNd(inputs, attributes, (values) => values.reduce((a, b) => a + b, 0)),
  import: axesAsInput("ReduceSum", 13),
  cases: [
    { inputs: [uniform([2, 3, 4]), known([1])] },
    { inputs: [uniform([2, 3, 4]), known([-1, 0])], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([2, 3])], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3]), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
