/** @file RMSNormalization: y = x / √(mean(x²) + epsilon) · scale, over the axes from `axis` on. */
import { float, int } from "../../graph/attribute.js";
import { add, full, mul, reciprocal, reduceMean, sqrt, sub } from "../../graph/builder.js";
import { emit, intsValue } from "../../graph/emit.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";
import { checkNormalized, normalizedAxes } from "./normalized-axes.js";
import { scaled, statistics } from "./standardize.js";

export const RMSNormalization = defineOp({
  name: "RMSNormalization",
  since: 23,
  attributes: { axis: int(-1), epsilon: float(1e-5), stash_type: int(1) },
  shape: ([x, scale], attributes) => {
    checkNormalized(x, scale, "scale", resolveAxis(attributes.axis, x.rank));
    return [x];
  },
  gradient: ({ inputs: [x, scale], outputGradients: [g], attributes, wanted }) => {
    const { epsilon } = attributes;
    const axis = resolveAxis(attributes.axis, x.rank);
    const axes = normalizedAxes(x.rank, axis);
    const [normal] = emit("RMSNormalization", [x, full(x.shape.slice(axis), 1)], { axis, epsilon });
    const toX = () => {
      const [squares] = emit("ReduceSumSquare", [x, intsValue(axes)]);
      const inverse = reciprocal(sqrt(add(mul(squares, 1 / sizeOf(x.shape.slice(axis))), epsilon)));
      const toNormal = scaled(g, scale);
      const slope = mul(reduceMean(mul(toNormal, normal), axes), inverse);
      return sub(mul(toNormal, inverse), mul(normal, slope));
    };
    return [wanted[0] ? toX() : null, wanted[1] ? mul(g, normal) : null];
  },
  oracle: ([x, scale], attributes) => {
    const axes = normalizedAxes(x.dims.length, resolveAxis(attributes.axis, x.dims.length));
    const { mean, variance } = statistics(x, axes);
    return [
      zip([x, mean, variance, scale], (v, m, s, factor) => (v / Math.sqrt(s + m * m + attributes.epsilon)) * factor),
    ];
  },
  cases: [
    { inputs: [uniform([2, 3, 4]), uniform([4])] },
    { inputs: [uniform([2, 3, 4]), uniform([3, 4])], attributes: { axis: 1, epsilon: 1e-2 } },
    { inputs: [uniform([2, 4]), uniform([2, 4])], attributes: { axis: 0 } },
  ],
});
