/** @file kullbackLeiblerToNormal: how far the codes of a variational autoencoder are from noise. */
import { add, div, exp, sub } from "../../graph/builder.js";
import type { Value } from "../../graph/value.js";
import { checkPair, squaresOver, total } from "./loss-inputs.js";

/**
 * KL( N(μ, σ²) ‖ N(0, 1) ) = ½ Σ (μ² + σ² − 1 − ln σ²) of an example, averaged over the batch (Kingma and Welling 2014,
 * "Auto-Encoding Variational Bayes", appendix B).
 *
 * @param mean N×…: μ
 * @param logVariance of the same shape: ln σ²
 * @returns a scalar of at least 0, in nats
 * @throws NoemaError LOSS_INPUTS
 */
export function kullbackLeiblerToNormal(mean: Value, logVariance: Value): Value {
  checkPair("kullbackLeiblerToNormal", mean, logVariance);
  const count = 2 * mean.shape[0]!;
  const spread = sub(sub(exp(logVariance), 1), logVariance);
  return add(squaresOver(mean, count), div(total(spread), count));
}
