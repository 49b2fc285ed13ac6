/** @file The gradient of MaxPool: each output's gradient goes to the input element that won. */
import { reshape, zeros } from "../../graph/builder.js";
import { emit, intsValue } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { denseThreeGradient, isDenseThree, isStridedThree, stridedThreeGradient } from "./max-pool-blocked-gradient.js";
import { explicit, type Window } from "./window.js";

/**
 * Gradient with respect to x, given y = MaxPool(x) and its gradient g. Among equal elements exactly one wins: the first
 * of the window, or for 3×3 windows at stride 1 or 2 the one nearest to the middle, axis by axis.
 */
export function maxPoolGradient(x: Value, y: Value, g: Value, window: Window, ceilMode: number): Value {
  if (isDenseThree(x, window)) return denseThreeGradient(x, y, g);
  if (isStridedThree(x, window)) return stridedThreeGradient(x, y, g, window);
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
