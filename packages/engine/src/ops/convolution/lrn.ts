/** @file LRN: y = x / (bias + alpha/size · Σ x²)^beta, the sum over neighbouring channels (Krizhevsky et al. 2012). */
import { float, int } from "../../graph/attribute.js";
import { add, div, exp, log, mul, reshape, sqrt, sub } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";

export const LRN = defineOp({
  name: "LRN",
  since: 13,
  attributes: { alpha: float(0.0001), beta: float(0.75), bias: float(1), size: int.required() },
  shape: ([x], { size }) => {
    if (x.rank < 2 || size < 1) {
      throw new NoemaError("LRN_INPUT", {
        found: `input [${x.shape}], size ${size}`,
        needed: "a channel axis and a positive size",
      });
    }
    return [x];
  },
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes: { alpha, beta, bias, size } }) => {
    const base = plainBase(x, alpha, bias, size);
    const spread = windowSum(div(mul(g, y), base), { size, adjoint: true });
    return [sub(div(g, power(base, beta)), mul(mul(x, spread), (2 * alpha * beta) / size))];
  },
  oracle: ([x], { alpha, beta, bias, size }) => {
    const strides = stridesOf(x.dims);
    const lower = Math.floor((size - 1) / 2);
    return [
      fromIndex(x.dims, ([n, c, ...at]) => {
        let sum = 0;
        for (let k = Math.max(0, c - lower); k < Math.min(x.dims[1], c - lower + size); k++) {
          sum += x.data[flatIndex([n, k, ...at], strides)] ** 2;
        }
        return x.data[flatIndex([n, c, ...at], strides)] / (bias + (alpha / size) * sum) ** beta;
      }),
    ];
  },
  cases: [
    { inputs: [uniform([2, 6, 3, 2])], attributes: { size: 5, alpha: 0.5 } },
    { inputs: [uniform([1, 5, 2, 2])], attributes: { size: 3, alpha: 1, beta: 0.5, bias: 2 } },
    { inputs: [uniform([1, 4, 2, 2])], attributes: { size: 9, alpha: 0.3, beta: 1.3 }, note: "size past channels" },
  ],
  /**
   * ONNX Runtime refuses windows of even size, and raises to the power one element after the other. With logarithms and
   * exponentials, which it vectorises, and what the gradient shares with them, both ways take a quarter of the time:
   * 192 channels of 56×56, two cores.
   */
  import: ({ inputs: [x], attributes }) => {
    const { alpha = 0.0001, beta = 0.75, bias = 1, size } = attributes as Record<string, number | undefined>;
    if (!x || x.rank < 3 || size === undefined || size < 1) return undefined;
    // A base that may reach 0 has no logarithm.
    if (alpha < 0 || bias <= 0)
      return size % 2 === 1 ? undefined : [div(x, power(plainBase(x, alpha, bias, size), beta))];
    const base = windowSum(mul(x, x), { size, adjoint: false, factor: alpha / size, offset: bias });
    return [mul(x, exp(mul(log(base), -beta)))];
  },
});

function plainBase(x: Value, alpha: number, bias: number, size: number): Value {
  return add(mul(windowSum(mul(x, x), { size, adjoint: false }), alpha / size), bias);
}

interface WindowSum {
  readonly size: number;
  readonly adjoint: boolean;
  /** Default 1. */
  readonly factor?: number;
  /** Default 0. */
  readonly offset?: number;
}

/**
 * Factor times the sum over the channels of each channel's window, plus offset; the adjoint turns the window around. As a 1×1 convolution with a
 * banded matrix, which ONNX Runtime computes in its blocked layout.
 */
function windowSum(x: Value, { size, adjoint, factor = 1, offset = 0 }: WindowSum): Value {
  const channels = x.shape[1];
  const lower = Math.floor((size - 1) / 2);
  const reach = adjoint ? size - 1 - lower : lower;
  const band = Tensor.lazy("float32", [channels, channels, 1, 1], () => {
    const out = new Float32Array(channels * channels);
    for (let c = 0; c < channels; c++) {
      for (let k = Math.max(0, c - reach); k < Math.min(channels, c - reach + size); k++)
        out[c * channels + k] = factor;
    }
    return out;
  });
  const plane = reshape(x, [x.shape[0], channels, x.size / (x.shape[0] * channels || 1), 1]);
  const image = x.rank === 4 ? x : plane;
  const offsets = Tensor.lazy("float32", [channels], () => new Float32Array(channels).fill(offset));
  const inputs = [image, constant(band), ...(offset === 0 ? [] : [constant(offsets)])];
  return reshape(emit("Conv", inputs, { kernel_shape: [1, 1] })[0], x.shape);
}

/** base^exponent for a positive base. Square roots and exponentials are vectorised in ONNX Runtime; Pow is not. */
function power(base: Value, exponent: number): Value {
  if (exponent === 1) return base;
  if (exponent === 0.5) return sqrt(base);
  if (exponent !== 0.75) return exp(mul(log(base), exponent));
  const root = sqrt(base);
  return mul(root, sqrt(root));
}
