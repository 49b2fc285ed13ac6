/** @file Convolutions, pools, batch normalization and resizing of TensorFlow, plain and fused with what follows. */
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";
import { activate } from "../activation.js";
import {
  batchNormalize,
  convolve,
  convolveDepthwise,
  convolveTransposed,
  float,
  type Padding,
  pool,
  resize,
  type WindowOptions,
} from "../features.js";
import type { Call, Rule, Rules } from "../rule.js";
import { Twin } from "../twin.js";
import { leaky, prelu } from "./elementwise.js";

const channelsFirst = (call: Call): boolean => call.attributes.string("data_format", "nhwc").startsWith("nc");

/** An operand with channels second, whatever the model's layout. */
const image = (call: Call, index = 0): Value => (channelsFirst(call) ? call.input(index).own : call.input(index).first);

/** A result with channels second, said in the model's layout. */
const imageTwin = (call: Call, value: Value): Twin => (channelsFirst(call) ? Twin.own(value) : Twin.first(value));

/** The entries for the spatial axes of a list with one entry per axis. */
function spatial<T>(call: Call, list: readonly T[]): T[] {
  return channelsFirst(call) ? list.slice(2) : list.slice(1, -1);
}

function windowOf(call: Call): WindowOptions {
  const { attributes } = call;
  const strides = spatial(call, attributes.numbers("strides") ?? [1, 1, 1, 1]);
  const dilations = attributes.numbers("dilations");
  const padding = paddingOf(call);
  return dilations === undefined || dilations.length === 0
    ? { strides, padding }
    : { strides, padding, dilations: spatial(call, dilations) };
}

function paddingOf(call: Call): Padding {
  const padding = call.attributes.string("padding", "valid");
  if (padding === "same" || padding === "valid") return padding;
  const flat = call.attributes.numbers("explicit_paddings") ?? [];
  if (padding !== "explicit" || flat.length % 2 !== 0 || flat.length === 0) {
    throw call.refuse(`padding "${padding}" with paddings [${flat}]`, "same, valid and explicit are known");
  }
  const pairs = Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]] as const);
  return spatial(call, pairs);
}

/** A fused operator's bias, and what is done to the sum. */
export interface Fused {
  readonly bias: Value | null;
  readonly activate: (x: Twin) => Twin;
}

/** What is fused to a convolution or matrix product: a bias, then an activation with operands of its own. */
export function fusedOf(call: Call): Fused {
  const names = call.attributes.strings("fused_ops");
  const extra = call.inputs.slice(2);
  let bias: Value | null = null;
  let after = (x: Twin): Twin => x;
  for (const name of names) {
    const previous = after;
    if (name === "biasadd") {
      bias = needed(extra.shift()).own;
    } else if (name === "prelu") {
      const slope = needed(extra.shift());
      after = (x) => prelu(previous(x), slope);
    } else if (name === "leakyrelu") {
      const alpha = call.attributes.number("leakyrelu_alpha", 0.2);
      after = (x) => leaky(previous(x), alpha);
    } else if (name === "fusedbatchnorm") {
      throw call.refuse("it is fused with a batch normalization", "biases and activations are known");
    } else {
      after = (x) => activate(previous(x), name);
    }
  }
  return { bias, activate: after };
}

function needed(operand: Twin | undefined): Twin {
  if (operand === undefined) {
    throw new NoemaError("OPERATOR_INPUTS", { found: "an operand of what is fused to it is missing" });
  }
  return operand;
}

const convolution =
  (apply: typeof convolve): Rule =>
  (call) => {
    const { bias, activate: after } = fusedOf(call);
    return after(imageTwin(call, apply(image(call), call.own(1), bias, windowOf(call))));
  };

/** The adjoint of a convolution: shape of the result, filter, what is spread. */
function backpropInput(call: Call): Twin {
  const outputSizes = spatial(call, call.numbers(0, "the output shape"));
  return imageTwin(call, convolveTransposed(image(call, 2), call.own(1), null, { ...windowOf(call), outputSizes }));
}

const pooling =
  (kind: "max" | "average"): Rule =>
  (call) => {
    const kernel = spatial(call, call.attributes.numbers("ksize") ?? []);
    return imageTwin(call, pool(kind, image(call), kernel, windowOf(call)));
  };

/** All outputs; only the first is defined when the network is not being trained. */
function fusedBatchNorm(call: Call): Twin {
  if (call.attributes.boolean("is_training", false)) {
    throw call.refuse("it normalizes by its batch, as in training", "freeze the model before converting it");
  }
  const [scale, offset, mean, variance] = [1, 2, 3, 4].map((i) => call.own(i));
  const epsilon = call.attributes.number("epsilon", 1e-4);
  return imageTwin(call, batchNormalize(image(call), { scale, offset, mean, variance, epsilon }));
}

const resizing =
  (method: "bilinear" | "nearest"): Rule =>
  (call) =>
    Twin.first(
      resize(call.input(0).first, call.numbers(1, "the new size"), {
        method,
        alignCorners: call.attributes.boolean("align_corners", false),
        halfPixelCenters: call.attributes.boolean("half_pixel_centers", false),
      }),
    );

const rearranging =
  (op: "DepthToSpace" | "SpaceToDepth"): Rule =>
  (call) =>
    imageTwin(call, emit(op, [image(call)], { blocksize: call.attributes.number("block_size", 2) })[0]);

/** Local response normalization: TensorFlow's alpha counts per channel, ONNX's for the whole window. */
function localResponse(call: Call): Twin {
  const { attributes } = call;
  const size = 2 * attributes.number("depth_radius", 5) + 1;
  const alpha = attributes.number("alpha", 1) * size;
  const parts = { size, alpha, beta: attributes.number("beta", 0.5), bias: attributes.number("bias", 1) };
  return Twin.first(emit("LRN", [float(call.input(0).first)], parts)[0]);
}

export const convolutionRules: Rules = {
  Conv2D: convolution(convolve),
  _FusedConv2D: convolution(convolve),
  DepthwiseConv2d: convolution(convolveDepthwise),
  DepthwiseConv2dNative: convolution(convolveDepthwise),
  FusedDepthwiseConv2dNative: convolution(convolveDepthwise),
  Conv2DBackpropInput: backpropInput,
  Conv2dTranspose: backpropInput,
  Conv3D: convolution(convolve),
  MaxPool: pooling("max"),
  MaxPool3D: pooling("max"),
  AvgPool: pooling("average"),
  AvgPool3D: pooling("average"),
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
  LRN: localResponse,
  ResizeBilinear: resizing("bilinear"),
  ResizeNearestNeighbor: resizing("nearest"),
  DepthToSpace: rearranging("DepthToSpace"),
  SpaceToDepth: rearranging("SpaceToDepth"),
};
