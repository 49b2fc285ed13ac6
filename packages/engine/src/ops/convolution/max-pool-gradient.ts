/** @file The gradient of MaxPool: each output's gradient goes to the input element that won. */
import { add, mul, reshape, zeros } from "../../graph/builder.js";
import { constant, emit, intsValue } from "../../graph/emit.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { explicit, type Window } from "./window.js";

/**
 * Gradient with respect to x, given y = MaxPool(x) and its gradient g. Among equal elements exactly one wins: the first
 * of the window, or for 3×3 windows at stride 1 the one nearest to the middle, axis by axis.
 */
export function maxPoolGradient(x: Value, y: Value, g: Value, window: Window, ceilMode: number): Value {
  if (isDenseThree(x, window)) return denseThreeGradient(x, y, g);
  const attributes = { ...explicit(window), ceil_mode: ceilMode };
  const indices = emit("MaxPool", [x], attributes, { outputs: 2 })[1];
  const { kernel, strides, dilations } = window;
  const apart = kernel.every((k, i) => (k - 1) * dilations[i] < strides[i]);
  if (apart) {
    // Windows that do not overlap never choose the same element: nothing has to be added up.
    return emit("MaxUnpool", [g, indices, intsValue(x.shape)], { kernel_shape: kernel, strides })[0];
  }
  const flat = emit("ScatterElements", [zeros([x.size]), reshape(indices, [g.size]), reshape(g, [g.size])], {
    axis: 0,
    reduction: "add",
  })[0];
  return reshape(flat, x.shape);
}

/** Channels of one block of ONNX Runtime's blocked layout with 512-bit registers. */
const channelBlock = 16;

function isDenseThree(x: Value, { kernel, strides, dilations, begin, end }: Window): boolean {
  const is = (list: readonly number[], wanted: number) => list.length === 2 && list.every((v) => v === wanted);
  const dense = is(kernel, 3) && is(strides, 1) && is(dilations, 1) && is(begin, 1) && is(end, 1);
  return dense && x.shape[1] % channelBlock === 0;
}

/**
 * 3×3 at stride 1, as in Inception modules: first along columns, then along rows, in operators that ONNX Runtime
 * computes in its blocked layout. MaxPool with indices and a scatter take about three times as long.
 */
function denseThreeGradient(x: Value, y: Value, g: Value): Value {
  const rows = emit("MaxPool", [x], { kernel_shape: [3, 1], pads: [1, 0, 1, 0] })[0];
  const gRows = lineGradient(rows, y, g, 3);
  return lineGradient(x, rows, gRows, 2);
}

/** Gradient of y = the largest of three neighbours of x along one axis. */
function lineGradient(x: Value, y: Value, g: Value, axis: 2 | 3): Value {
  const along = (size: number) => (axis === 2 ? [size, 1] : [1, size]);
  const first = emit("MaxPool", [x], { kernel_shape: along(2), pads: axis === 2 ? [1, 0, 0, 0] : [0, 1, 0, 0] })[0];
  const minusY = taps(y, [-1], axis);
  // What does not reach the middle or the one before it goes to the one after it.
  const notAfter = mul(g, reaches(first, minusY));
  const middle = mul(notAfter, reaches(x, minusY));
  const after = taps(g, [1, 0, 0], axis);
  const before = taps(notAfter, [-1, 0, 1], axis);
  return add(add(after, before), taps(middle, [0, 1, -1], axis));
}

/** 1 where a (nowhere above y) equals y, else 0: a ramp so steep that the smallest difference falls off it. */
function reaches(a: Value, minusY: Value): Value {
  return emit("HardSigmoid", [add(a, minusY)], { alpha: 2 ** 126, beta: 1 })[0];
}

/** The same few weights slid along one axis of every channel. */
function taps(x: Value, weights: readonly number[], axis: 2 | 3): Value {
  const channels = x.shape[1];
  const size = weights.length;
  const kernel = axis === 2 ? [size, 1] : [1, size];
  const repeated = Tensor.lazy("float32", [channels, 1, ...kernel], () =>
    Float32Array.from({ length: channels * size }, (_, i) => weights[i % size]),
  );
  const reach = (size - 1) / 2;
  const pads = axis === 2 ? [reach, 0, reach, 0] : [0, reach, 0, reach];
  return emit("Conv", [x, constant(repeated)], { group: channels, kernel_shape: kernel, pads })[0];
}
