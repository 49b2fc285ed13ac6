/** @file squaredError: ‖x − target‖². */
import { sub } from "../../graph/builder.js";
import type { Value } from "../../graph/value.js";
import { checkPair, countOf, type PerOptions, squaresOver } from "./loss-inputs.js";

/**
 * Σ (x − target)² of an example, averaged over the batch: how well an autoencoder rebuilds (Cheung et al. 2014, section 2).
 * Per element it is the mean squared error.
 *
 * @param x N×…
 * @param target of the same shape
 * @returns a scalar of at least 0
 * @throws NoemaError LOSS_INPUTS, LOSS_OPTION
 */
export function squaredError(x: Value, target: Value, options: PerOptions = {}): Value {
  checkPair("squaredError", x, target);
  return squaresOver(sub(x, target), countOf("squaredError", x, options));
}
