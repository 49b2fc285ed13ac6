/** @file Gradients scaled channel by channel, and convolutions that take the scale into their weights. */
import { mul, reshape } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";

const scaled = new WeakMap<Value, { readonly g: Value; readonly slope: Tensor }>();

/**
 * g times one number per channel. As a BatchNormalization, which ONNX Runtime computes in its blocked layout, where a
 * Mul with a broadcast factor would leave it.
 */
export function scaleChannels(g: Value, slope: Value): Value {
  const channels = slope.shape[0];
  const { constant: known } = slope;
  if (known === null || g.rank < 3) {
    const perChannel = g.shape.map((d, i) => (i === 1 ? d : 1));
    return mul(g, reshape(slope, perChannel));
  }
  const flat = (value: number) =>
    constant(Tensor.ofNumbers("float32", [channels], new Float64Array(channels).fill(value)));
  const result = emit("BatchNormalization", [g, slope, flat(0), flat(0), flat(1)], { epsilon: 0 })[0];
  scaled.set(result, { g, slope: known });
  return result;
}

/**
 * The gradient below a batch normalization and weights that have its scale in them, where the weights are known: the way
 * back through both is then one convolution. ONNX Runtime does the same on the way forward, where the order is other.
 */
export function absorbScale(g: Value, weights: Value): { readonly g: Value; readonly weights: Value } {
  const scale = scaled.get(g);
  const original = weights.constant;
  if (scale === undefined || original === null) return { g, weights };
  const { slope } = scale;
  const make = () => {
    const factors = slope.data as Float32Array;
    const perOutput = original.size / factors.length;
    const out = new Float32Array(original.passingData as Float32Array);
    for (let i = 0; i < out.length; i++) out[i] *= factors[Math.floor(i / perOutput)];
    return out;
  };
  const origin = { recipe: "scaled outputs", from: [original, slope] };
  return { g: scale.g, weights: constant(Tensor.lazy("float32", original.dims, make, origin)) };
}
