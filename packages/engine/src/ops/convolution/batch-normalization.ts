/** @file BatchNormalization (inference): y = (x − mean) / √(var + epsilon) · scale + bias, per channel. */
import { float, int } from "../../graph/attribute.js";
import { add, mul, neg, reciprocal, reduceSum, reshape, sqrt, sub } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";
import { scaleChannels } from "./channel-scale.js";

const perChannel = (low: number) => uniform([3], { low, constant: true });
const computed = (low: number) => uniform([3], { low });

export const BatchNormalization = defineOp({
  name: "BatchNormalization",
  since: 15,
  attributes: { epsilon: float(1e-5), momentum: float(0.9), training_mode: int(0) },
  shape: ([x, ...parameters], { training_mode }) => {
    const channels = x.rank > 1 ? x.shape[1] : 1;
    for (const p of parameters) {
      if (p.rank !== 1 || p.shape[0] !== channels) {
        throw new NoemaError("BATCH_NORM_CHANNELS", {
          found: `parameter [${p.shape}]`,
          needed: `[${channels}] for input [${x.shape}]`,
        });
      }
    }
    const statistic = { dtype: x.dtype, shape: [channels] };
    return training_mode === 1 ? [x, statistic, statistic] : [x];
  },
  gradient: ({
    inputs: [x, scale, , mean, variance],
    outputGradients: [g],
    attributes: { epsilon, training_mode },
    wanted,
  }) => {
    if (training_mode === 1) {
      throw new NoemaError("GRADIENT_UNDEFINED", {
        where: "BatchNormalization",
        found: "training_mode is 1",
        needed: "statistics of the batch have no gradient here: export the model for inference",
      });
    }
    const axes = x.shape.flatMap((_, i) => (i === 1 ? [] : [i]));
    const along = (v: Value) =>
      reshape(
        v,
        x.shape.map((d, i) => (i === 1 ? d : 1)),
      );
    const sumOver = (v: Value) => reduceSum(v, axes, { keepdims: false });
    const inverse = reciprocal(sqrt(add(variance, epsilon)));
    const slope = mul(scale, inverse);
    const centred = () => sub(x, along(mean));
    const scaled = () => sumOver(mul(g, centred()));
    return [
      wanted[0] ? scaleChannels(g, slope) : null,
      wanted[1] ? mul(scaled(), inverse) : null,
      wanted[2] ? sumOver(g) : null,
      wanted[3] ? neg(mul(sumOver(g), slope)) : null,
      wanted[4] ? mul(mul(scaled(), mul(slope, mul(inverse, inverse))), -0.5) : null,
    ];
  },
  oracle: ([x, scale, bias, mean, variance], { epsilon }) => {
    const strides = stridesOf(x.dims);
    return [
      fromIndex(x.dims, (index) => {
        const c = index.length > 1 ? index[1] : 0;
        const v = x.data[flatIndex(index, strides)];
        return ((v - mean.data[c]) / Math.sqrt(variance.data[c] + epsilon)) * scale.data[c] + bias.data[c];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([2, 3, 2, 2]), perChannel(-2), perChannel(-2), perChannel(-2), perChannel(0.5)] },
    {
      inputs: [uniform([2, 3]), perChannel(-2), perChannel(-2), perChannel(-2), perChannel(0.5)],
      note: "no spatial axes",
    },
    {
      inputs: [uniform([1, 3, 2]), computed(-2), computed(-2), computed(-2), computed(0.5)],
      attributes: { epsilon: 0.1 },
    },
  ],
  import: ({ inputs, attributes, opset }) => {
    if (opset < 9 && attributes.spatial === 0) {
      throw new NoemaError("ATTRIBUTE_KIND", {
        found: "BatchNormalization with spatial = 0",
        needed: "statistics per channel",
      });
    }
    // Drops the attributes of older opsets.
    const { epsilon, momentum, training_mode } = attributes;
    const outputs = training_mode === 1 ? 3 : 1;
    return emit("BatchNormalization", inputs, { epsilon, momentum, training_mode }, { outputs });
  },
  multiplyAdds: ([x]) => x.size,
});
