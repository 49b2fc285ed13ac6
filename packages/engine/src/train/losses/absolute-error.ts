/** @file absoluteError: Σ |x − target|. */
import { div, sub } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { checkPair, countOf, type PerOptions } from "./loss-inputs.js";

/**
 * Σ |x − target| of an example, averaged over the batch. Its gradient where both are equal is 0.
 *
 * @param x N×…
 * @param target of the same shape
 * @returns a scalar of at least 0
 * @throws NoemaError LOSS_INPUTS, LOSS_OPTION
 */
export function absoluteError(x: Value, target: Value, options: PerOptions = {}): Value {
  checkPair("absoluteError", x, target);
  const [sum] = emit("ReduceL1", [sub(x, target)], { keepdims: 0 });
  return div(sum!, countOf("absoluteError", x, options));
}
