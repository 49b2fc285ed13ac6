/** @file Which class each example has, as a graph, and how much all of them count together. */
import { cast, clip, equal, greaterOrEqual, less, reduceMax, unsqueeze, where } from "../../graph/builder.js";
import { constant, scalar } from "../../graph/emit.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { total } from "./loss-inputs.js";

/** The least normal number of float32: what nothing is divided by, so that it stays nothing. */
const least = 2 ** -126;

/**
 * true where the class is, N×L. A comparison, not OneHot or a gathered row: those would take −1 for the last class, and
 * ONNX Runtime has the gradient of a gathering only as a scattering.
 */
export function classMask(classes: Value, count: number): Value {
  const all = Array.from({ length: count }, (_, i) => i);
  return equal(unsqueeze(classes, [1]), constant(Tensor.ofNumbers(classes.dtype, [1, count], all)));
}

/** 1 for an example that has a class, 0 for one that has none, N. */
export const isLabelled = (classes: Value): Value => cast(greaterOrEqual(classes, 0), "float32");

/**
 * The sum of what examples count, as something to divide by. NaN where a class is `count` or more: labels that do not
 * belong to the network must not pass for missing ones.
 */
export function wholeOf(shares: Value, classes: Value, count: number): Value {
  const isKnown = less(reduceMax(classes, undefined, { keepdims: false }), count);
  return where(isKnown, clip(total(shares), least, null), scalar(Number.NaN));
}
