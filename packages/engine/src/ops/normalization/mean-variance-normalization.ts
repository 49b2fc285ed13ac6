/** @file MeanVarianceNormalization: y = (x − mean) / (√variance + 10⁻⁹) over axes. */
import { ints } from "../../graph/attribute.js";
import { add, mul, reciprocal, reduceMean, sqrt, sub } from "../../graph/builder.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxes } from "../axes.js";
import { uniform } from "../case.js";
import { standardizeGradient, statistics } from "./standardize.js";

/** From the function body that the ONNX standard gives for it. */
const epsilon = 1e-9;

export const MeanVarianceNormalization = defineOp({
  name: "MeanVarianceNormalization",
  since: 13,
  attributes: { axes: ints([0, 2, 3]) },
  shape: ([x], { axes }) => {
    resolveAxes(axes, x.rank);
    return [x];
  },
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes }) => {
    const axes = resolveAxes(attributes.axes, x.rank);
    const centred = sub(x, reduceMean(x, axes));
    const inverse = reciprocal(add(sqrt(reduceMean(mul(centred, centred), axes)), epsilon));
    return [standardizeGradient(g, { normal: y, inverse }, axes)];
  },
  oracle: ([x], attributes) => {
    const { mean, variance } = statistics(x, resolveAxes(attributes.axes, x.dims.length));
    return [zip([x, mean, variance], (v, m, s) => (v - m) / (Math.sqrt(s) + epsilon))];
  },
  cases: [{ inputs: [uniform([2, 3, 2, 2])] }, { inputs: [uniform([2, 3, 4])], attributes: { axes: [-1] } }],
});
