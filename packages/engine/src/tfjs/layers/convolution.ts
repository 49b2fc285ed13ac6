/** @file Keras layers over images and sequences: convolutions, pools, padding, cropping, upsampling. */
import { add, pad, slice } from "../../graph/builder.js";
import type { Value } from "../../graph/value.js";
import { activate } from "../activation.js";
import {
  convolve,
  convolveDepthwise,
  convolveTransposed,
  type Padding,
  pool,
  resize,
  type WindowOptions,
} from "../features.js";
import { largest, mean, reduced } from "../ops/reduction.js";
import { reshaped } from "../rearrange.js";
import { Twin } from "../twin.js";
import type { LayerCall, LayerRule, LayerRules } from "./call.js";

const channelsFirst = (call: LayerCall): boolean =>
  call.config.string("data_format", "channels_last") === "channels_first";

const image = (call: LayerCall): Value => (channelsFirst(call) ? call.x.own : call.x.first);

const imageTwin = (call: LayerCall, value: Value): Twin => (channelsFirst(call) ? Twin.own(value) : Twin.first(value));

function windowOf(call: LayerCall, axes: number): WindowOptions {
  const { config } = call;
  const dilations = config.numbers("dilation_rate", axes, 1);
  return { strides: config.numbers("strides", axes, 1), dilations, padding: paddingOf(call, axes, dilations) };
}

function paddingOf(call: LayerCall, axes: number, dilations: readonly number[]): Padding {
  const padding = call.config.string("padding", "valid");
  if (padding === "same" || padding === "valid") return padding;
  if (padding === "causal" && axes === 1) {
    const [kernel] = call.config.numbers("kernel_size", 1);
    return [[(kernel - 1) * dilations[0], 0]];
  }
  throw call.refuse(`padding "${padding}"`, "same, valid and causal are known");
}

const activated = (call: LayerCall, x: Twin): Twin => activate(x, call.config.string("activation", "linear"));

const convolution =
  (axes: number): LayerRule =>
  (call) => {
    const y = convolve(image(call), call.weight("kernel"), call.bias, windowOf(call, axes));
    return activated(call, imageTwin(call, y));
  };

const depthwise =
  (axes: number): LayerRule =>
  (call) => {
    const kernel = call.optional("depthwise_kernel") ?? call.weight("kernel");
    return activated(call, imageTwin(call, convolveDepthwise(image(call), kernel, call.bias, windowOf(call, axes))));
  };

const separable =
  (axes: number): LayerRule =>
  (call) => {
    const depth = convolveDepthwise(image(call), call.weight("depthwise_kernel"), null, windowOf(call, axes));
    const point = { strides: new Array<number>(axes).fill(1), padding: "valid" as const };
    return activated(call, imageTwin(call, convolve(depth, call.weight("pointwise_kernel"), call.bias, point)));
  };

const transposed =
  (axes: number): LayerRule =>
  (call) => {
    const x = image(call);
    const window = windowOf(call, axes);
    if (window.dilations!.some((d) => d !== 1)) throw call.refuse("dilated", "dilation 1 is known");
    const kernel = call.config.numbers("kernel_size", axes);
    const outputSizes = x.shape.slice(2).map((size, i) => {
      const stride = window.strides[i];
      return size * stride + (window.padding === "same" ? 0 : Math.max(kernel[i] - stride, 0));
    });
    const y = convolveTransposed(x, call.weight("kernel"), call.bias, { ...window, outputSizes });
    return activated(call, imageTwin(call, y));
  };

const pooling =
  (kind: "max" | "average", axes: number): LayerRule =>
  (call) => {
    const kernel = call.config.numbers("pool_size", axes, 2);
    const strides = call.config.raw.strides == null ? kernel : call.config.numbers("strides", axes);
    return imageTwin(call, pool(kind, image(call), kernel, { strides, padding: paddingOf(call, axes, []) }));
  };

const globalPooling =
  (reduce: typeof mean): LayerRule =>
  (call) => {
    const { rank } = call.x;
    const first = channelsFirst(call) ? 2 : 1;
    const axes = Array.from({ length: rank - 2 }, (_, i) => first + i);
    return reduced(call.x, axes, call.config.boolean("keepdims", false), reduce);
  };

function zeroPadding(call: LayerCall): Twin {
  const pairs = call.config.pairs("padding", 2);
  const pads = [0, 0, ...pairs.map(([begin]) => begin), 0, 0, ...pairs.map(([, end]) => end)];
  return imageTwin(call, pad(image(call), pads));
}

function cropping(call: LayerCall): Twin {
  const pairs = call.config.pairs("cropping", 2);
  const x = image(call);
  const starts = pairs.map(([begin]) => begin);
  const ends = pairs.map(([, end], i) => x.shape[i + 2] - end);
  return imageTwin(call, slice(x, starts, ends, [2, 3]));
}

/** tfjs resizes here without half-pixel centres, whatever Keras does. */
function upSampling(call: LayerCall): Twin {
  const factors = call.config.numbers("size", 2, 2);
  const interpolation = call.config.string("interpolation", "nearest");
  if (interpolation !== "nearest" && interpolation !== "bilinear") {
    throw call.refuse(`interpolation "${interpolation}"`, "nearest and bilinear are known");
  }
  const x = image(call);
  const sizes = factors.map((factor, i) => factor * x.shape[i + 2]);
  return imageTwin(call, resize(x, sizes, { method: interpolation, alignCorners: false, halfPixelCenters: false }));
}

/** Dense over the channels of an image is a convolution of one pixel. */
export function denseOverImage(x: Twin, kernel: Value, bias: Value | null): Twin {
  const spatial = x.rank - 2;
  const ones = new Array<number>(spatial).fill(1);
  const filter = reshaped(kernel, [...ones, ...kernel.shape]);
  return Twin.first(convolve(x.first, filter, bias, { strides: ones, padding: "valid" }));
}

/** Adds one number per feature, the last axis. */
export function addBias(x: Value, bias: Value | null): Value {
  return bias === null ? x : add(x, bias);
}

export const convolutionLayers: LayerRules = {
  Conv1D: convolution(1),
  Conv2D: convolution(2),
  Conv3D: convolution(3),
  DepthwiseConv2D: depthwise(2),
  SeparableConv2D: separable(2),
  SeparableConv1D: separable(1),
  Conv2DTranspose: transposed(2),
  Conv3DTranspose: transposed(3),
  MaxPooling1D: pooling("max", 1),
  MaxPooling2D: pooling("max", 2),
  MaxPooling3D: pooling("max", 3),
  AveragePooling1D: pooling("average", 1),
  AveragePooling2D: pooling("average", 2),
  AveragePooling3D: pooling("average", 3),
  GlobalAveragePooling1D: globalPooling(mean),
  GlobalAveragePooling2D: globalPooling(mean),
  GlobalMaxPooling1D: globalPooling(largest),
  GlobalMaxPooling2D: globalPooling(largest),
  ZeroPadding2D: zeroPadding,
  Cropping2D: cropping,
  UpSampling2D: upSampling,
};
