/** @file ReduceMin: y = the minimum of x over axes. Where several elements are equal, each gets an equal part of the gradient. */
import { defineOp } from "../../graph/op.js";
import { known, uniform } from "../case.js";
import { extremeGradient, importExtreme } from "./extreme.js";
import { reduceAttributes, reduceNd, reduceShape } from "./reduction.js";

export const ReduceMin = defineOp({
  name: "ReduceMin",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: ({ inputs, outputs: [y], outputGradients: [g], attributes }) => [extremeGradient(inputs, y, g, attributes)],
  oracle: (inputs, attributes) =>
    reduceNd(inputs, attributes, (values) => values.reduce((a, b) => Math.min(a, b), Infinity)),
  import: importExtreme("ReduceMin"),
  cases: [
    { inputs: [uniform([2, 3, 2], { distinct: true }), known([1])] },
    { inputs: [uniform([2, 3, 2], { distinct: true }), known([0, -1])], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3], { distinct: true })] },
    { inputs: [uniform([2, 3]), known([])], attributes: { noop_with_empty_axes: 1 } },
  ],
});
