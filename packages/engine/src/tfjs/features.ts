/** @file Convolutions, pools and their kin on channels-first values, as graph models and layers models both need them. */
import { cast } from "../graph/builder.js";
import { emit, intsValue } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import type { Value } from "../graph/value.js";
import { permute, reshaped } from "./rearrange.js";

/** "same": as many outputs as strides fit into the input, zeros around; or begin and end of every spatial axis. */
export type Padding = "same" | "valid" | readonly (readonly [number, number])[];

export interface WindowOptions {
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: Padding;
}

/** Single precision: what convolutions are computed in. */
export const float = (x: Value): Value => cast(x, "float32");

/** ONNX `pads` (all begins, then all ends) of a window over these spatial sizes (tensorflow.org: tf.nn, "Notes on padding"). */
function padsOf(sizes: readonly number[], kernel: readonly number[], options: WindowOptions): number[] {
  const { padding, strides, dilations } = options;
  if (padding === "valid") return [...sizes, ...sizes].fill(0);
  if (padding !== "same") return [...sizes.map((_, i) => padding[i][0]), ...sizes.map((_, i) => padding[i][1])];
  const total = sizes.map((size, i) => {
    const extent = (kernel[i] - 1) * (dilations?.[i] ?? 1) + 1;
    return Math.max(0, (Math.ceil(size / strides[i]) - 1) * strides[i] + extent - size);
  });
  return [...total.map((t) => Math.floor(t / 2)), ...total.map((t) => Math.ceil(t / 2))];
}

function windowAttributes(x: Value, kernel: readonly number[], options: WindowOptions) {
  const sizes = x.shape.slice(2);
  const { strides, dilations = kernel.map(() => 1) } = options;
  const lists = [strides, dilations, kernel];
  if (lists.some((list) => list.length !== sizes.length || !list.every((v) => Number.isSafeInteger(v) && v > 0))) {
    throw new NoemaError("WINDOW_ATTRIBUTES", {
      found: `kernel [${kernel}], strides [${strides}], dilations [${dilations}] over ${sizes.length} spatial axes`,
      needed: "one positive number per axis",
    });
  }
  return { strides: [...strides], pads: padsOf(sizes, kernel, options) };
}

/**
 * Convolution.
 *
 * @param x N×C×…
 * @param filter …×(C/groups)×M, as TensorFlow stores it
 */
export function convolve(x: Value, filter: Value, bias: Value | null, options: WindowOptions): Value {
  const spatial = filter.rank - 2;
  const weight = permute(filter, [spatial + 1, spatial, ...filter.shape.slice(2).keys()]);
  const group = x.shape[1] / filter.shape[spatial];
  const kernel = filter.shape.slice(0, spatial);
  if (!Number.isInteger(group) || x.rank !== filter.rank) {
    throw new NoemaError("CONV_CHANNELS", {
      found: `input [${x.shape}] (channels first)`,
      needed: `the filter [${filter.shape}] expects ${filter.shape[spatial]} channels`,
    });
  }
  const dilations = [...(options.dilations ?? kernel.map(() => 1))];
  return emit("Conv", [float(x), weight, bias], { ...windowAttributes(x, kernel, options), dilations, group })[0];
}

/**
 * Each channel convolved with filters of its own.
 *
 * @param x N×C×…
 * @param filter …×C×multiplier
 */
export function convolveDepthwise(x: Value, filter: Value, bias: Value | null, options: WindowOptions): Value {
  const spatial = filter.rank - 2;
  const kernel = filter.shape.slice(0, spatial);
  const [channels, multiplier] = filter.shape.slice(spatial);
  if (x.rank !== filter.rank || x.shape[1] !== channels) {
    throw new NoemaError("CONV_CHANNELS", {
      found: `input [${x.shape}] (channels first)`,
      needed: `the filter [${filter.shape}] expects ${channels} channels`,
    });
  }
  const weight = reshaped(permute(filter, [spatial, spatial + 1, ...kernel.keys()]), [
    channels * multiplier,
    1,
    ...kernel,
  ]);
  const dilations = [...(options.dilations ?? kernel.map(() => 1))];
  const attributes = { ...windowAttributes(x, kernel, options), dilations, group: channels };
  return emit("Conv", [float(x), weight, bias], attributes)[0];
}

/**
 * The adjoint of a convolution that maps `outputSizes` to the sizes of x.
 *
 * @param filter …×M×C: output channels before input channels
 */
export function convolveTransposed(
  x: Value,
  filter: Value,
  bias: Value | null,
  options: WindowOptions & { readonly outputSizes: readonly number[] },
): Value {
  const spatial = filter.rank - 2;
  const kernel = filter.shape.slice(0, spatial);
  const weight = permute(filter, [spatial + 1, spatial, ...kernel.keys()]);
  const { strides, outputSizes } = options;
  const dilations = [...(options.dilations ?? kernel.map(() => 1))];
  const pads = padsOf(outputSizes, kernel, { ...options, dilations });
  const outputPadding = outputSizes.map((size, i) => {
    const covered = (x.shape[i + 2] - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1;
    return size - (covered - pads[i] - pads[i + spatial]);
  });
  if (outputPadding.some((p, i) => p < 0 || p >= strides[i])) {
    throw new NoemaError("CONV_OUTPUT_SHAPE", {
      found: `an output of [${outputSizes}] from [${x.shape.slice(2)}]`,
      needed: `a convolution with kernel [${kernel}] and strides [${strides}] must lead back`,
    });
  }
  const attributes = { strides: [...strides], dilations, pads, output_padding: outputPadding };
  return emit("ConvTranspose", [float(x), weight, bias], attributes)[0];
}

/** Largest value or mean in a window; padding counts for neither. */
export function pool(kind: "max" | "average", x: Value, kernel: readonly number[], options: WindowOptions): Value {
  const attributes = { ...windowAttributes(x, kernel, options), kernel_shape: [...kernel] };
  if (kind === "max") return emit("MaxPool", [float(x)], attributes)[0];
  return emit("AveragePool", [float(x)], { ...attributes, count_include_pad: 0 })[0];
}

export interface BatchNormParts {
  readonly scale: Value;
  readonly offset: Value;
  readonly mean: Value;
  readonly variance: Value;
  readonly epsilon: number;
}

/** Batch normalization with the statistics of training; parts have one number per channel. */
export function batchNormalize(x: Value, { scale, offset, mean, variance, epsilon }: BatchNormParts): Value {
  return emit("BatchNormalization", [float(x), scale, offset, mean, variance], { epsilon })[0];
}

export interface ResizeOptions {
  readonly method: "bilinear" | "nearest";
  /** Corners of input and output fall on each other. */
  readonly alignCorners: boolean;
  /** Pixels are areas: position i has its centre at i + ½. */
  readonly halfPixelCenters: boolean;
}

/** Resizes the spatial axes, as TensorFlow 2's tf.image.resize and the older operators do. */
export function resize(x: Value, sizes: readonly number[], options: ResizeOptions): Value {
  if (sizes.every((size, i) => size === x.shape[i + 2])) return float(x);
  const { method, alignCorners, halfPixelCenters } = options;
  const attributes =
    method === "bilinear"
      ? { mode: "linear" }
      : { mode: "nearest", nearest_mode: alignCorners || halfPixelCenters ? "round_prefer_ceil" : "floor" };
  return emit("Resize", [float(x), null, null, intsValue([...x.shape.slice(0, 2), ...sizes])], {
    ...attributes,
    coordinate_transformation_mode: alignCorners ? "align_corners" : halfPixelCenters ? "half_pixel" : "asymmetric",
  })[0];
}
