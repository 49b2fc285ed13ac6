/** @file The weight gradient of a convolution as matrix products, one for every tap of the kernel. */
import { concat, matmul, pad, reduceSum, reshape, slice, transpose } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import type { Window } from "./window.js";

/** Numbers in a 512-bit register: the columns that ONNX Runtime's matrix product computes at once. */
const register = 16;

/** More taps make a graph of more nodes than time is saved. */
const mostTaps = 128;

/**
 * Whether the products are faster than a convolution with the output's gradient for a kernel. Measured in decision 8: that
 * convolution has as many columns as the kernel has taps, so it is slow where these do not fill a register; where they do, it
 * is slow only for the copies that it makes of every input channel.
 */
export function productsPay(x: Value, window: Window, group: number): boolean {
  const taps = sizeOf(window.kernel);
  if (group !== 1 || taps > Math.min(mostTaps, sizeOf(window.output))) return false;
  return taps <= register || x.shape[1] >= register;
}

/**
 * Gradient with respect to the weights M×C×taps, where `productsPay`: for every tap, what it saw (C×L) times the output's
 * gradient (M×L), summed over all L positions of all pictures.
 */
export function weightGradientByProducts(x: Value, g: Value, window: Window): Value {
  const [c, m] = [x.shape[1], g.shape[1]];
  const dims = [m, c, ...window.kernel];
  if (sizeOf(window.kernel) === 1 && m * c <= (m + c) * sizeOf(window.output)) {
    return reshape(productPerPicture(x, g, window), dims);
  }
  const xs = batchLast(x);
  const gs = batchLast(g);
  const movesOutputs = window.strides.every((s) => s === 1) && m * sizeOf(window.input) < c * sizeOf(window.output);
  const [moved, fixed] = movesOutputs ? [outputsPerTap(gs, window), xs] : [inputsPerTap(xs, window), gs];
  const fixedRows = rows(fixed);
  const taps = moved.length;
  if (moved[0].shape[0] < register) {
    // Few rows of each tap: all taps' rows in one product, which has too many columns to be worth a copy otherwise.
    const product = productOfRows(concat(moved.map(rows), 0), fixedRows);
    const perTap = reshape(product, movesOutputs ? [taps, m, c] : [taps, c, m]);
    return reshape(transpose(perTap, movesOutputs ? [1, 2, 0] : [2, 1, 0]), dims);
  }
  const products = moved.map((one) =>
    reshape(movesOutputs ? productOfRows(rows(one), fixedRows) : productOfRows(fixedRows, rows(one)), [m * c, 1]),
  );
  return reshape(concat(products, 1), dims);
}

/** One product per picture, then their sum: no axes exchanged, where the results are smaller than what is multiplied. */
function productPerPicture(x: Value, g: Value, window: Window): Value {
  const [n, c] = x.shape;
  const [, m] = g.shape;
  const positions = sizeOf(window.output);
  const [seen] = inputsPerTap(x, window, 2);
  const products = matmul(reshape(g, [n, m, positions]), transpose(reshape(seen, [n, c, positions]), [0, 2, 1]));
  return reduceSum(products, [0], { keepdims: false });
}

/** What each tap sees of inputs whose spatial axes begin at `from`: as many positions as the output has. */
function inputsPerTap(x: Value, window: Window, from = 1): Value[] {
  const { kernel, strides, dilations, begin, input, output } = window;
  const reach = kernel.map((k, i) => (output[i] - 1) * strides[i] + (k - 1) * dilations[i] + 1);
  const after = reach.map((r, i) => Math.max(0, r - begin[i] - input[i]));
  const padded = pad(x, spatialPads(x.rank, from, begin, after));
  return tapsOf(kernel).map((tap) => {
    const starts = tap.map((t, i) => t * dilations[i]);
    return cut(padded, starts, output, strides, from);
  });
}

/** At stride 1, which output position each tap carried every input position to: as many positions as the input has. */
function outputsPerTap(g: Value, window: Window): Value[] {
  const { kernel, dilations, begin, end, input } = window;
  const reach = kernel.map((k, i) => (k - 1) * dilations[i]);
  const before = reach.map((r, i) => r - begin[i]);
  const after = reach.map((r, i) => r - end[i]);
  const padded = pad(g, spatialPads(g.rank, 1, before, after));
  const steps = kernel.map(() => 1);
  return tapsOf(kernel).map((tap) => {
    const starts = tap.map((t, i) => reach[i] - t * dilations[i]);
    return cut(padded, starts, input, steps, 1);
  });
}

function spatialPads(rank: number, from: number, before: readonly number[], after: readonly number[]): number[] {
  const side = (pads: readonly number[]) => Array.from({ length: rank }, (_, axis) => pads[axis - from] ?? 0);
  return [...side(before), ...side(after)];
}

/** `size` positions from `starts` on, `steps` apart. */
function cut(
  x: Value,
  starts: readonly number[],
  size: readonly number[],
  steps: readonly number[],
  from: number,
): Value {
  const whole = size.every((s, i) => starts[i] === 0 && steps[i] === 1 && s === x.shape[i + from]);
  if (whole) return x;
  const ends = size.map((s, i) => starts[i] + (s - 1) * steps[i] + 1);
  return slice(
    x,
    starts,
    ends,
    size.map((_, i) => i + from),
    steps,
  );
}

/** All taps of a kernel, row by row. */
function tapsOf(kernel: readonly number[]): number[][] {
  return kernel.reduce<number[][]>(
    (taps, size) => taps.flatMap((tap) => Array.from({ length: size }, (_, k) => [...tap, k])),
    [[]],
  );
}

/**
 * N×C×spatial as C×spatial×N: whatever is then cut along the spatial axes lies in long runs, and a channel's positions in all
 * pictures in one row. As a matrix of two axes, for which ONNX Runtime's Transpose is fast.
 */
function batchLast(x: Value): Value {
  const [n, ...dims] = x.shape;
  return reshape(transpose(reshape(x, [n, sizeOf(dims)]), [1, 0]), [...dims, n]);
}

/** A matrix with a row for each index of the first axis. */
function rows(x: Value): Value {
  return reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);
}

/** a (R×L) times b (S×L) transposed. */
function productOfRows(a: Value, b: Value): Value {
  return emit("Gemm", [a, b], { transB: 1 })[0];
}
