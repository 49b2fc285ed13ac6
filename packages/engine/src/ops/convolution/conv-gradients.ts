/** @file The linear maps behind the gradients of Conv and ConvTranspose. */
import { pad, reduceSum, reshape, slice, transpose } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { absorbScale } from "./channel-scale.js";
import { subPixelGradient, subPixelPays } from "./sub-pixel.js";
import { productsPay, weightGradientByProducts } from "./weight-products.js";
import { adjointWeights } from "./weights.js";
import { explicit, type Window } from "./window.js";

/**
 * Adjoint of a convolution: the gradient with respect to its input, of the input's shape.
 *
 * At stride 1 it is a convolution with reversed, exchanged weights, which ONNX Runtime computes in its blocked layout;
 * at larger strides a convolution to sub-pixels where that pays, else ConvTranspose.
 */
export function convInputGradient(outputGradient: Value, originalWeights: Value, window: Window, group: number): Value {
  const { g, weights } = absorbScale(outputGradient, originalWeights);
  const { kernel, strides, dilations, begin, end, input, output } = window;
  if (strides.every((s) => s === 1)) {
    const reach = kernel.map((k, i) => (k - 1) * dilations[i]);
    const pads = [...begin, ...end].map((p, i) => reach[i % reach.length] - p);
    // Padding wider than the kernel reaches: those positions of g saw no input, and are cut off.
    const cropped = pads.some((p) => p < 0) ? cropSpatial(g, pads) : g;
    const attributes = { dilations, group, kernel_shape: kernel, pads: pads.map((p) => Math.max(0, p)), strides };
    return emit("Conv", [cropped, adjointWeights(weights, group)], attributes)[0];
  }
  if (subPixelPays(weights, window, group)) return subPixelGradient(g, weights, window);
  const outputPadding = input.map(
    (size, i) => size - ((output[i] - 1) * strides[i] - begin[i] - end[i] + (kernel[i] - 1) * dilations[i] + 1),
  );
  const surplus = outputPadding.map((p) => Math.max(0, -p));
  const attributes = {
    ...explicit(window),
    group,
    output_padding: outputPadding.map((p) => Math.max(0, p)),
  };
  // ConvTranspose wants output_padding below the stride; a pool-like gap at the end is filled with zeros instead.
  const gap = attributes.output_padding.map((p, i) => (p >= Math.max(strides[i], dilations[i]) ? p : 0));
  attributes.output_padding = attributes.output_padding.map((p, i) => (gap[i] > 0 ? 0 : p));
  const full = emit("ConvTranspose", [g, weights], attributes)[0];
  const after = gap.map((p, i) => p - surplus[i]);
  return after.every((p) => p === 0) ? full : pad(full, [...new Array<number>(input.length + 4).fill(0), ...after]);
}

function cropSpatial(g: Value, pads: readonly number[]): Value {
  const count = pads.length / 2;
  const crop = [0, 0, ...pads.slice(0, count), 0, 0, ...pads.slice(count)].map((p) => Math.min(0, p));
  return pad(g, crop);
}

/** Gradient with respect to the weights M×C/group×taps. */
export function convWeightGradient(x: Value, g: Value, window: Window, group: number): Value {
  if (productsPay(x, window, group)) return weightGradientByProducts(x, g, window);
  return weightGradientByConvolution(x, g, window, group);
}

/** A convolution of the input with the output's gradient, channels in the place of the batch. */
function weightGradientByConvolution(x: Value, g: Value, window: Window, group: number): Value {
  const { kernel, strides, dilations, begin, end } = window;
  const [n, c, ...size] = x.shape;
  const [, m, ...out] = g.shape;
  const spatial = (from: number, list: readonly number[]) => list.map((_, i) => i + from);
  const perGroup = c / group;
  const inputs = reshape(transpose(reshape(x, [n, group, perGroup, ...size]), [2, 1, 0, ...spatial(3, size)]), [
    perGroup,
    group * n,
    ...size,
  ]);
  const filters = transpose(g, [1, 0, ...spatial(2, out)]);
  const correlated = emit("Conv", [inputs, filters], {
    dilations: strides,
    group,
    kernel_shape: out,
    pads: [...begin, ...end],
    strides: dilations,
  })[0];
  // The last stride may leave rows that no tap sees.
  const axes = spatial(2, kernel);
  const exact = correlated.shape.every((d, i) => i < 2 || d === kernel[i - 2]);
  const taps = exact
    ? correlated
    : slice(
        correlated,
        kernel.map(() => 0),
        kernel,
        axes,
      );
  return reshape(transpose(taps, [1, 0, ...axes]), [m, perGroup, ...kernel]);
}

/** Gradient with respect to a bias per channel. */
export function biasGradient(g: Value): Value {
  return reduceSum(
    g,
    g.shape.flatMap((_, i) => (i === 1 ? [] : [i])),
    { keepdims: false },
  );
}
