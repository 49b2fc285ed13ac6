/** @file ReduceMean: y = Σ x / n over axes. */
import { mul } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { axesAsInput, reduceAttributes, reduceNd, reduceShape, spread } from "./reduction.js";

export const ReduceMean = defineOp({
  name: "ReduceMean",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputs: [y], outputGradients: [g], attributes }) => [
    spread(mul(g, y.size / inputs[0].size), inputs, attributes),
  ],
  oracle: (inputs, attributes) =>
    reduceNd(inputs, attributes, (values) => values.reduce((a, b) => a + b, 0) / values.length),
  import: axesAsInput("ReduceMean", 18),
  cases: [
    { inputs: [uniform([2, 3, 4]), known([1])] },
    { inputs: [uniform([2, 3, 4]), known([-1, -2])], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([2, 3]), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
