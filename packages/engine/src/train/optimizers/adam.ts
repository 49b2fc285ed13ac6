/** @file adamOptimizer: Adam (Kingma and Ba 2015) and AdamW (Loshchilov and Hutter 2019), in few passes over the arrays. */
import { add, div, mul, sqrt, sub } from "../../graph/builder.js";
import { checkShare, checkSize } from "./check-options.js";
import type { Optimizer } from "./optimizer.js";

export interface AdamOptimizerOptions {
  /** Share of the old mean of gradients that is kept. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squared gradients that is kept. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the corrected mean square. Default 1e-8. */
  readonly epsilon?: number;
  /** So many times the weights are added to the gradient (Adam) or, times the rate, taken away (AdamW). */
  readonly weightDecay?: number;
}

/**
 * Adam, its weight decay a part of the gradient.
 *
 * @throws NoemaError OPTIMIZER_OPTION
 */
export function adamOptimizer(options: AdamOptimizerOptions = {}): Optimizer {
  return define("adam", { weightDecay: 0, ...options }, false);
}

/**
 * AdamW: the weights shrink by rate · weightDecay, whatever the gradient's size. Weight decay is 0.01 unless said otherwise.
 *
 * @throws NoemaError OPTIMIZER_OPTION
 */
export function adamW(options: AdamOptimizerOptions = {}): Optimizer {
  return define("adam-w", { weightDecay: 0.01, ...options }, true);
}

/**
 * Sums are carried in place of means, m' = β₁m' + g and v' = β₂v' + g²; what they lack, (1 − β₁) and (1 − β₂), and the
 * correction of the bias go into two scalars. It saves two of twelve passes over arrays of the parameters' size.
 */
function define(
  name: string,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay }: AdamOptimizerOptions & { weightDecay: number },
  decoupled: boolean,
): Optimizer {
  checkShare(name, "beta1", beta1);
  checkShare(name, "beta2", beta2);
  checkSize(name, "epsilon", epsilon);
  checkSize(name, "weightDecay", weightDecay);
  return {
    name,
    slots: ["mean", "square"],
    scalarCount: 3,
    scalars: (step, rate) => {
      const root = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
      return [(rate * (1 - beta1) * root) / (1 - beta1 ** step), epsilon * root, 1 - rate * weightDecay];
    },
    update: ({ parameter, gradient, slots: [mean, square], scalars: [rate, small, kept], decays }) => {
      const shrinks = decays && weightDecay > 0;
      const g = shrinks && !decoupled ? add(gradient, mul(parameter, weightDecay)) : gradient;
      const nextMean = add(mul(mean!, beta1), g);
      const nextSquare = add(mul(square!, beta2), mul(g, g));
      const change = div(mul(nextMean, rate!), add(sqrt(nextSquare), small!));
      const from = shrinks && decoupled ? mul(parameter, kept!) : parameter;
      return { parameter: sub(from, change), slots: [nextMean, nextSquare] };
    },
  };
}
