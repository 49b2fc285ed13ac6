/** @file Adam (Kingma and Ba 2015) as a graph, in the form of TensorFlow's AdamOptimizer, whose defaults Lucid uses. */
import { add, div, mul, sqrt } from "../graph/builder.js";
import type { Value } from "../graph/value.js";

export interface AdamOptions {
  /** Share of the old mean of gradients that is kept. Default 0.9. */
  readonly beta1?: number;
  /** Share of the old mean of squared gradients that is kept. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the mean square. Default 1e-8. */
  readonly epsilon?: number;
}

/** What Adam carries from step to step; every value has the shape of the parameters. */
export interface AdamState {
  readonly parameters: Value;
  /** Running mean of the gradient; zeros at the start. */
  readonly mean: Value;
  /** Running mean of the squared gradient; zeros at the start. */
  readonly variance: Value;
}

const defaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/**
 * One step uphill along `gradient`.
 *
 * @param rate scalar: `adamRate` of this step, which corrects the bias of the young means. Negate it to go downhill.
 */
export function adam(state: AdamState, gradient: Value, rate: Value, options: AdamOptions = {}): AdamState {
  const { beta1, beta2, epsilon } = { ...defaults, ...options };
  const mean = add(mul(state.mean, beta1), mul(gradient, 1 - beta1));
  const variance = add(mul(state.variance, beta2), mul(mul(gradient, gradient), 1 - beta2));
  const change = div(mul(mean, rate), add(sqrt(variance), epsilon));
  return { parameters: add(state.parameters, change), mean, variance };
}

/** The learning rate of a step, first step 1: rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ). */
export function adamRate(step: number, rate: number, options: AdamOptions = {}): number {
  const { beta1, beta2 } = { ...defaults, ...options };
  return (rate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
}
