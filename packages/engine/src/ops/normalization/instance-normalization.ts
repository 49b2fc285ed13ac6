/** @file InstanceNormalization: each channel of each example with mean 0 and variance 1, then · scale + bias per channel. */
import { float } from "../../graph/attribute.js";
import { mul, reduceSum, reshape } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { nd, zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { refuseEmpty } from "../refuse-empty.js";
import { isFilledWith, standardized, standardizeGradient, statistics } from "./standardize.js";

export const InstanceNormalization = defineOp({
  name: "InstanceNormalization",
  since: 6,
  attributes: { epsilon: float(1e-5) },
  shape: ([x, scale, bias]) => {
    refuseEmpty([x]);
    if (x.rank < 3 || ![scale, bias].every((p) => p.rank === 1 && p.shape[0] === x.shape[1])) {
      throw new NoemaError("NORMALIZATION_SHAPE", {
        found: `input [${x.shape.join(", ")}], scale [${scale.shape.join(", ")}], bias [${bias.shape.join(", ")}]`,
        needed: "N×C×spatial, with scale and bias of C numbers",
      });
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  gradient: ({ inputs: [x, scale], outputGradients: [g], attributes: { epsilon }, wanted }) => {
    const [n, c] = x.shape;
    const rows = [n, c, x.size / (n * c)];
    const seed = reshape(g, rows);
    const parts = standardized(reshape(x, rows), 2, epsilon);
    const toX = () => {
      // The scale is one number per row: it goes with the other factors of the row.
      const inverse = isFilledWith(scale, 1) ? parts.inverse : mul(parts.inverse, reshape(scale, [c, 1]));
      return reshape(standardizeGradient(seed, { normal: parts.normal, inverse }, [2]), x.shape);
    };
    return [
      wanted[0] ? toX() : null,
      wanted[1] ? reduceSum(mul(seed, parts.normal), [0, 2], { keepdims: false }) : null,
      wanted[2] ? reduceSum(seed, [0, 2], { keepdims: false }) : null,
    ];
  },
  oracle: ([x, scale, bias], { epsilon }) => {
    const axes = x.dims.map((_, i) => i).slice(2);
    const { mean, variance } = statistics(x, axes);
    const dims = [scale.dims[0], ...axes.map(() => 1)];
    return [
      zip(
        [x, mean, variance, nd(dims, scale.data), nd(dims, bias.data)],
        (v, m, s, factor, offset) => ((v - m) / Math.sqrt(s + epsilon)) * factor + offset,
      ),
    ];
  },
  cases: [
    { inputs: [uniform([2, 3, 2, 2]), uniform([3]), uniform([3])] },
    { inputs: [uniform([1, 2, 5]), uniform([2]), uniform([2])], attributes: { epsilon: 0.1 } },
    { inputs: [uniform([2, 2, 2, 2, 2]), uniform([2], { constant: true }), uniform([2], { constant: true })] },
  ],
});
