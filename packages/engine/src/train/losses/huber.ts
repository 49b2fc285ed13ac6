/** @file huber: the squared error of small differences, the absolute error of large ones. */
import { clip, div, mul, sub } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";
import { checkPair, countOf, type PerOptions, total } from "./loss-inputs.js";

export interface HuberOptions extends PerOptions {
  /** The difference from which on the loss is a straight line, more than 0. Default 1. */
  readonly delta?: number;
}

/**
 * With d = x − target: d²/2 where |d| ≤ δ, else δ(|d| − δ/2) (Huber 1964, "Robust Estimation of a Location Parameter");
 * the sum over an example, averaged over the batch.
 *
 * @param x N×…
 * @param target of the same shape
 * @returns a scalar of at least 0
 * @throws NoemaError LOSS_INPUTS, LOSS_OPTION
 */
export function huber(x: Value, target: Value, options: HuberOptions = {}): Value {
  checkPair("huber", x, target);
  const { delta = 1 } = options;
  if (!(delta > 0 && delta < Number.POSITIVE_INFINITY)) {
    throw new NoemaError("LOSS_OPTION", {
      where: "huber, delta",
      found: String(delta),
      needed: "a number above 0 is needed",
    });
  }
  const difference = sub(x, target);
  // Both pieces at once: with c = clip(d), c·(d − c/2) is d²/2 inside and δ(|d| − δ/2) outside.
  const clipped = clip(difference, -delta, delta);
  const each = mul(clipped, sub(difference, mul(clipped, 0.5)));
  return div(total(each), countOf("huber", x, options));
}
