/** @file What the normalizations share: values of mean 0 and variance 1, and what their gradient is. */
import { add, full, mul, reduceMean, sub } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { flatIndex, forEachIndex, fromIndex, type Nd, stridesOf } from "../../graph/nd.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";

export interface Standardized {
  /** (x − mean) / √(variance + epsilon). */
  readonly normal: Value;
  /** 1 / √(variance + epsilon), the normalized axes present as 1. */
  readonly inverse: Value;
}

/** x standardized over the axes from `axis` on: one pass of ONNX Runtime's fused kernel. */
export function standardized(x: Value, axis: number, epsilon: number): Standardized {
  const one = full(x.shape.slice(axis), 1);
  const [normal, , inverse] = emit("LayerNormalization", [x, one], { axis, epsilon }, { outputs: 3 });
  return { normal, inverse };
}

/** Small terms that the gradient of the statistics themselves adds, per normalized group. */
export interface Extra {
  readonly perNormal?: Value;
  readonly constant?: Value;
}

/**
 * d objective / d x from `g`, that with respect to the standardized values: inverse · (g − mean(g) − normal · mean(g · normal)).
 * Written so that only three passes over whole arrays follow the two means.
 */
export function standardizeGradient(
  g: Value,
  { normal, inverse }: Standardized,
  axes: readonly number[],
  extra: Extra = {},
): Value {
  const mean = mul(reduceMean(g, axes), inverse);
  const slope = mul(reduceMean(mul(g, normal), axes), inverse);
  const perNormal = extra.perNormal === undefined ? slope : add(slope, extra.perNormal);
  const constant = extra.constant === undefined ? mean : add(mean, extra.constant);
  return sub(mul(g, inverse), add(mul(normal, perNormal), constant));
}

/** True for arrays known to hold one number everywhere: a pass over whole arrays is not worth multiplying by one. */
export function isFilledWith(value: Value, number: number): boolean {
  if (value.constant !== null) return value.constant.data.every((v) => Number(v) === number);
  const { node } = value;
  return node?.op === "Expand" && node.inputs[0] !== null && isFilledWith(node.inputs[0], number);
}

/** g · scale, without the pass where the scale is one. */
export function scaled(g: Value, scale: Value): Value {
  return isFilledWith(scale, 1) ? g : mul(g, scale);
}

export interface Statistics {
  readonly mean: Nd;
  readonly variance: Nd;
}

/** Mean and variance over axes, in double precision; the axes stay as 1. */
export function statistics(x: Nd, axes: readonly number[]): Statistics {
  const kept = x.dims.map((d, i) => (axes.includes(i) ? 1 : d));
  const strides = stridesOf(x.dims);
  const inside = x.dims.map((d, i) => (axes.includes(i) ? d : 1));
  const count = sizeOf(inside);
  const average = (f: (v: number, group: readonly number[]) => number) =>
    fromIndex(kept, (group) => {
      let sum = 0;
      forEachIndex(inside, (offset) => {
        sum += f(x.data[flatIndex(group, strides) + flatIndex(offset, strides)], group);
      });
      return sum / count;
    });
  const mean = average((v) => v);
  const own = stridesOf(kept);
  const variance = average((v, group) => (v - mean.data[flatIndex(group, own)]) ** 2);
  return { mean, variance };
}
