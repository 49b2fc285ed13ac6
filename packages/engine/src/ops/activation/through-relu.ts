/** @file The way back through Relu, of one or of several that are joined. */
import { mul, split } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";

/**
 * A ramp so steep that it is a step: 1 for every positive normal number (the smallest is 1.2e-38), 0 at 0. Unlike
 * Greater and Where it stays in ONNX Runtime's blocked layout: 0.9 ms against 1.4 ms on 0.8 M elements between
 * convolutions (two cores).
 */
const step = { alpha: 1e38, beta: 0 };

/** Gradients that are 0 already wherever this output of a Relu is. */
const already = new WeakMap<Value, Value>();

/** @param y the Relu's output, which tells as well as its input where it was positive */
export function throughRelu(g: Value, y: Value): Value {
  return already.get(g) === y ? g : mul(g, emit("HardSigmoid", [y], step)[0]);
}

/**
 * The gradients of Relus that Concat joined, as in Inception modules: one step over the whole instead of one over each,
 * and no reordering of each into the blocked layout for it.
 *
 * @param y the joined outputs
 * @param inputs the Relus' outputs, all different
 */
export function throughJoinedRelus(g: Value, y: Value, inputs: readonly Value[], axis: number): Value[] {
  const sizes = inputs.map((x) => x.shape[axis]!);
  const parts = [...split(throughRelu(g, y), sizes, axis)];
  inputs.forEach((x, i) => {
    already.set(parts[i]!, x);
  });
  return parts;
}
