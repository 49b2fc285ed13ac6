/**
 * @file The gradient of 3×3 max pools at stride 1 and 2, one axis after the other, in operators that ONNX Runtime computes
 * in its blocked layout. MaxPool with indices and a scatter take two to three times as long.
 */
import { add, concat, mul, reshape, slice } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import type { Window } from "./window.js";

/** Channels of one block of ONNX Runtime's blocked layout with 512-bit registers. */
const channelBlock = 16;

const everyIs = (list: readonly number[], wanted: number) => list.length === 2 && list.every((v) => v === wanted);

const isThree = (x: Value, { kernel, dilations }: Window) =>
  everyIs(kernel, 3) && everyIs(dilations, 1) && x.shape[1] % channelBlock === 0;

/** Stride 1 and as large as before, as in Inception modules. */
export function isDenseThree(x: Value, window: Window): boolean {
  const { strides, begin, end } = window;
  return isThree(x, window) && everyIs(strides, 1) && everyIs(begin, 1) && everyIs(end, 1);
}

/** Stride 2, with or without padding in front, and as many windows as have their middle inside. */
export function isStridedThree(x: Value, window: Window): boolean {
  const { strides, begin, output } = window;
  return (
    isThree(x, window) &&
    everyIs(strides, 2) &&
    begin.every((b, i) => {
      const length = x.shape[2 + i];
      if (length < 2) return false;
      return (b === 0 && Math.floor(length / 2) === output[i]) || (b === 1 && Math.ceil(length / 2) === output[i]);
    })
  );
}

/** First along columns, then along rows. */
export function denseThreeGradient(x: Value, y: Value, g: Value): Value {
  const rows = maxAlong(x, 3, 2, { begin: 1, end: 1 });
  const gRows = lineGradient(rows, y, g, 3);
  return lineGradient(x, rows, gRows, 2);
}

/** Gradient of y = the largest of three neighbours of x along one axis. */
function lineGradient(x: Value, y: Value, g: Value, axis: Axis): Value {
  const minusY = taps(y, [-1], axis);
  // What does not reach the middle or the one before it goes to the one after it.
  const notAfter = mul(g, reaches(maxAlong(x, 2, axis, { begin: 1 }), minusY));
  const middle = mul(notAfter, reaches(x, minusY));
  const around = { begin: 1, end: 1 };
  const after = taps(g, [1, 0, 0], axis, around);
  const before = taps(notAfter, [-1, 0, 1], axis, around);
  return add(add(after, before), taps(middle, [0, 1, -1], axis, around));
}

/**
 * The gradient is computed as four pictures of half the size, one for each of even and odd rows and columns, which are
 * put together at the end: no pass but the first ones touches as many elements as x has.
 */
export function stridedThreeGradient(x: Value, y: Value, g: Value, { begin, output }: Window): Value {
  const [rows, columns] = x.shape.slice(2) as [number, number];
  const padding = { begin: begin[0], end: Math.max(0, 2 * output[0] + 1 - begin[0] - rows) };
  const tallest = maxAlong(x, 3, 2, { ...padding, stride: 2 });
  const byColumn = stridedLine(tallest, y, g, 3, begin[1]);
  const quarters = [even, odd].map((half, i) =>
    stridedLine(half(x, 3), half(tallest, 3), byColumn[i], 2, begin[0]).map((part) =>
      filled(filled(part, 3, Math.ceil(columns / 2)), 2, Math.ceil(rows / 2)),
    ),
  );
  const [[evenEven, oddEven], [evenOdd, oddOdd]] = quarters as [Value[], Value[]];
  const whole = interleaved([interleaved([evenEven, evenOdd], 3), interleaved([oddEven, oddOdd], 3)], 2);
  return rows % 2 === 0 && columns % 2 === 0 ? whole : slice(whole, [0, 0], [rows, columns], [2, 3]);
}

/**
 * Gradient of y = the largest of three neighbours of x at every second place along one axis.
 *
 * @param begin 0: windows start at even places; 1: at odd ones, the first before the beginning
 * @returns the gradients of the even and of the odd places
 */
function stridedLine(x: Value, y: Value, g: Value, axis: Axis, begin: number): [even: Value, odd: Value] {
  const length = x.shape[axis];
  const windows = y.shape[axis];
  const minusY = taps(y, [-1], axis);
  const notAfter = mul(g, reaches(maxAlong(x, 2, axis, { begin, stride: 2 }), minusY));
  const middle = mul(notAfter, reaches((begin === 0 ? odd : even)(x, axis), minusY));
  if (begin === 0) {
    // An even place is the first of its own window and the last of the one before.
    const around = { begin: 1, end: Math.ceil(length / 2) - windows };
    const first = add(taps(notAfter, [-1, 1], axis, around), taps(middle, [-1], axis, { end: around.end }));
    return [add(first, taps(g, [1, 0], axis, around)), middle];
  }
  // An odd place is the last of its own window and the first of the next.
  const around = { end: Math.floor(length / 2) - windows + 1 };
  const last = add(taps(g, [1, 0], axis, around), taps(notAfter, [-1, 1], axis, around));
  return [middle, add(last, taps(middle, [0, -1], axis, around))];
}

/** One element of each in turn along an axis. Concat takes half the time of DepthToSpace, which runs on one thread. */
function interleaved(parts: readonly Value[], axis: Axis): Value {
  const dims = parts[0].shape;
  const apart = parts.map((part) => reshape(part, [...dims.slice(0, axis + 1), 1, ...dims.slice(axis + 1)]));
  return reshape(
    concat(apart, axis + 1),
    dims.map((dim, i) => (i === axis ? dim * parts.length : dim)),
  );
}

type Axis = 2 | 3;

interface Sliding {
  /** Default 0. */
  readonly begin?: number;
  /** Default 0. */
  readonly end?: number;
  /** Default 1. */
  readonly stride?: number;
}

const even = (x: Value, axis: Axis) => maxAlong(x, 1, axis, { stride: 2 });
const odd = (x: Value, axis: Axis) => taps(x, [0, 1], axis, { stride: 2 });

/** Lengthened by zeros at the end. */
function filled(x: Value, axis: Axis, length: number): Value {
  const missing = length - x.shape[axis];
  return missing === 0 ? x : taps(x, [1], axis, { end: missing });
}

/** 1 where a (nowhere above y) equals y, else 0: a ramp so steep that the smallest difference falls off it. */
function reaches(a: Value, minusY: Value): Value {
  return emit("HardSigmoid", [add(a, minusY)], { alpha: 2 ** 126, beta: 1 })[0];
}

function maxAlong(x: Value, size: number, axis: Axis, sliding: Sliding): Value {
  return emit("MaxPool", [x], { kernel_shape: axis === 2 ? [size, 1] : [1, size], ...alongOnly(axis, sliding) })[0];
}

/** The same few weights slid along one axis of every channel; zeros lie around. */
function taps(x: Value, weights: readonly number[], axis: Axis, sliding: Sliding = {}): Value {
  const channels = x.shape[1];
  const size = weights.length;
  const kernel = axis === 2 ? [size, 1] : [1, size];
  const repeated = Tensor.lazy("float32", [channels, 1, ...kernel], () =>
    Float32Array.from({ length: channels * size }, (_, i) => weights[i % size]),
  );
  const attributes = { group: channels, kernel_shape: kernel, ...alongOnly(axis, sliding) };
  return emit("Conv", [x, constant(repeated)], attributes)[0];
}

function alongOnly(axis: Axis, { begin = 0, end = 0, stride = 1 }: Sliding) {
  return axis === 2
    ? { pads: [begin, 0, end, 0], strides: [stride, 1] }
    : { pads: [0, begin, 0, end], strides: [1, stride] };
}
