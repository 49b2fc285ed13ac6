/** @file The gradient of a strided convolution as one stride-1 convolution to sub-pixels (Shi et al. 2016, in reverse). */
import { pad, slice } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { derived } from "./weights.js";
import type { Window } from "./window.js";

/** Whether the sub-pixel form applies: constant weights, two spatial axes, equal strides, no dilation, no groups. */
export function subPixelPays(weights: Value, window: Window, group: number): boolean {
  const { kernel, strides, dilations } = window;
  if (weights.constant === null || kernel.length !== 2 || group !== 1) return false;
  if (strides[0] !== strides[1] || dilations.some((d) => d !== 1)) return false;
  return kernel.every((k) => k >= strides[0]);
}

interface Axis {
  /** Taps of the sub-pixel kernel. */
  readonly taps: number;
  /** Offset in g of its first tap, relative to the sub-pixel's own cell. */
  readonly first: number;
  /** For phase p and tap t the tap of the original kernel, or −1. */
  readonly source: (phase: number, tap: number) => number;
  /** Cells along this axis: input size over stride, rounded up. */
  readonly cells: number;
}

function axisOf(kernel: number, stride: number, begin: number, input: number): Axis {
  // Input position stride·i + p gets g[i + q] · w[k] wherever stride·i + p = stride·(i + q) − begin + k.
  const offsets: number[] = [];
  for (let p = 0; p < stride; p++) {
    for (let k = 0; k < kernel; k++) if ((p + begin - k) % stride === 0) offsets.push((p + begin - k) / stride);
  }
  const first = Math.min(...offsets);
  return {
    taps: Math.max(...offsets) - first + 1,
    first,
    source: (phase, tap) => {
      const k = phase + begin - stride * (first + tap);
      return k >= 0 && k < kernel ? k : -1;
    },
    cells: Math.ceil(input / stride),
  };
}

/** Gradient with respect to the input of a convolution for which `subPixelPays`. */
export function subPixelGradient(g: Value, weights: Value, window: Window): Value {
  const stride = window.strides[0];
  const { kernel, begin, input, output } = window;
  const [m, c] = weights.shape;
  const axes = [0, 1].map((i) => axisOf(kernel[i], stride, begin[i], input[i]));
  const [rows, columns] = axes;
  const dims = [stride * stride * c, m, rows.taps, columns.taps];
  const key = `sub-pixel ${stride} ${begin}`;
  const phases = derived(weights.constant!, key, dims, () => phaseWeights(weights.constant!, stride, rows, columns));
  const pads = [
    ...axes.map((axis) => -axis.first),
    ...axes.map((axis, i) => axis.cells - output[i] + axis.taps - 1 + axis.first),
  ];
  const crop = pads.map((p) => Math.min(0, p));
  const inner = pad(g, [0, 0, crop[0], crop[1], 0, 0, crop[2], crop[3]]);
  const cells = emit("Conv", [inner, phases], {
    kernel_shape: [rows.taps, columns.taps],
    pads: pads.map((p) => Math.max(0, p)),
    strides: [1, 1],
  })[0];
  const pixels = emit("DepthToSpace", [cells], { blocksize: stride, mode: "DCR" })[0];
  const exact = input.every((size, i) => size === axes[i].cells * stride);
  return exact ? pixels : slice(pixels, [0, 0], input, [2, 3]);
}

function phaseWeights(tensor: Tensor, stride: number, rows: Axis, columns: Axis): Float32Array {
  const [m, c, kh, kw] = tensor.dims;
  const from = tensor.passingData as Float32Array;
  const out = new Float32Array(stride * stride * c * m * rows.taps * columns.taps);
  let at = 0;
  for (let p = 0; p < stride; p++) {
    for (let q = 0; q < stride; q++) {
      for (let channel = 0; channel < c; channel++) {
        for (let o = 0; o < m; o++) {
          for (let i = 0; i < rows.taps; i++) {
            for (let j = 0; j < columns.taps; j++, at++) {
              const [k, l] = [rows.source(p, i), columns.source(q, j)];
              if (k >= 0 && l >= 0) out[at] = from[((o * c + channel) * kh + k) * kw + l];
            }
          }
        }
      }
    }
  }
  return out;
}
