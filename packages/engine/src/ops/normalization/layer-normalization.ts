/** @file LayerNormalization: y = (x − mean) / √(variance + epsilon) · scale + bias, over the axes from `axis` on. */
import { float, int } from "../../graph/attribute.js";
import { div, mul, neg } from "../../graph/builder.js";
import { map, type Nd, zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";
import { checkNormalized, normalizedAxes } from "./normalized-axes.js";
import { type Extra, isFilledWith, scaled, standardized, standardizeGradient, statistics } from "./standardize.js";

export const LayerNormalization = defineOp({
  name: "LayerNormalization",
  since: 17,
  attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
  shape: ([x, scale, bias], attributes, outputCount) => {
    const axis = resolveAxis(attributes.axis, x.rank);
    checkNormalized(x, scale, "scale", axis);
    if (bias) checkNormalized(x, bias, "bias", axis);
    const group = { dtype: x.dtype, shape: x.shape.map((d, i) => (i < axis ? d : 1)) };
    return [{ dtype: x.dtype, shape: x.shape }, group, group].slice(0, outputCount);
  },
  gradient: ({ inputs: [x, scale, bias], outputGradients, attributes, wanted }) => {
    const [g, toMean, toInverse] = outputGradients;
    const axis = resolveAxis(attributes.axis, x.rank);
    const axes = normalizedAxes(x.rank, axis);
    const parts = standardized(x, axis, attributes.epsilon);
    const count = sizeOf(x.shape.slice(axis));
    const extra: Extra = {
      // d inverse / d x = −inverse² · normal / n, d mean / d x = 1 / n.
      ...(toInverse && !isFilledWith(toInverse, 0)
        ? { perNormal: div(mul(toInverse, mul(parts.inverse, parts.inverse)), count) }
        : {}),
      ...(toMean && !isFilledWith(toMean, 0) ? { constant: neg(div(toMean, count)) } : {}),
    };
    return [
      wanted[0] ? standardizeGradient(scaled(g, scale), parts, axes, extra) : null,
      wanted[1] ? mul(g, parts.normal) : null,
      bias && wanted[2] ? g : null,
    ];
  },
  oracle: ([x, scale, bias], attributes, types) => {
    const axes = normalizedAxes(x.dims.length, resolveAxis(attributes.axis, x.dims.length));
    const { mean, variance } = statistics(x, axes);
    const inverse = map(variance, (v) => 1 / Math.sqrt(v + attributes.epsilon));
    const arrays: Nd[] = [x, mean, inverse, scale];
    const y = zip(bias ? [...arrays, bias] : arrays, (v, m, i, s, b = 0) => (v - m) * i * s + b);
    return [y, mean, inverse].slice(0, types.length);
  },
  cases: [
    { inputs: [uniform([2, 3, 4]), uniform([4]), uniform([4])] },
    { inputs: [uniform([2, 3, 4]), uniform([3, 4])], attributes: { axis: 1, epsilon: 1e-2 } },
    { inputs: [uniform([2, 5]), uniform([5]), uniform([5])], outputs: 3, note: "with mean and deviation" },
    { inputs: [uniform([2, 2, 2]), uniform([2, 2, 2])], attributes: { axis: -3 } },
  ],
});
