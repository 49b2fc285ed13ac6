/** @file The gradient of MaxPool: each output's gradient goes to the input element that won. */
import { reshape, zeros } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { explicit, type Window } from "./window.js";

/** Gradient with respect to x, given y = MaxPool(x) and its gradient g. Among equal elements the first one wins. */
export function maxPoolGradient(x: Value, _y: Value, g: Value, window: Window, ceilMode: number): Value {
  const attributes = { ...explicit(window), ceil_mode: ceilMode };
  const indices = emit("MaxPool", [x], attributes, { outputs: 2 })[1];
  const flat = emit("ScatterElements", [zeros([x.size]), reshape(indices, [g.size]), reshape(g, [g.size])], {
    axis: 0,
    reduction: "add",
  })[0];
  return reshape(flat, x.shape);
}
