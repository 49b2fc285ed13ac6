/** @file The gradient of x · sigmoid(alpha · x), and its value in double precision. */
import { add, mul, sigmoid, sub } from "../../graph/builder.js";
import type { GradientCall } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";

/** With s = sigmoid(alpha · x) the slope is s + alpha · y · (1 − s). */
export function swishGradient(call: GradientCall<{ readonly alpha: number }>): readonly Value[] {
  const [x] = call.inputs;
  const [y] = call.outputs;
  const { alpha } = call.attributes;
  const scaled = (v: Value) => (alpha === 1 ? v : mul(v, alpha));
  const gate = sigmoid(scaled(x));
  return [mul(call.outputGradients[0], add(gate, mul(scaled(y), sub(1, gate))))];
}

/** x · sigmoid(alpha · x). */
export function swishOf(x: number, alpha: number): number {
  return x / (1 + Math.exp(-alpha * x));
}
