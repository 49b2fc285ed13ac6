/**
 * @file BetaVAE score: can a linear classifier say which factor two pictures of every pair had in common?
 *
 * Higgins et al. 2017, "β-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework" (ICLR 2017), section 3: a factor
 * is chosen, pairs of pictures are drawn that share its value, and the mean of |z₁ − z₂| over a batch of pairs, latent by
 * latent, is one example for a linear classifier of the factor; the score is its accuracy on further examples.
 *
 * The classifier is a linear discriminant (disentanglement_lib has a logistic regression), and latents are divided by their
 * standard deviations, so that their scale does not matter. Pairs are drawn from the pictures there are, for fitting from one
 * half and for measuring from the other. A representation that knows nothing gets about 1 / K, for K factors. One whose axes
 * are mixed may get 1: the classifier may weigh latents (Kim and Mnih 2018, section 4); the other metrics may not.
 */
import type { Random } from "@noema/engine";
import { fixedFactors } from "./fixed-factors.js";
import { linearDiscriminant } from "./linear-discriminant.js";
import { defineMetric, type MetricScore } from "./metric.js";
import { checkOption } from "./metric-option.js";
import type { Representation } from "./representation.js";
import type { SameValueDraws } from "./same-value-draws.js";

export const betaVaeMetric = defineMetric({
  name: "beta-vae",
  title: "BetaVAE score",
  says: "From the differences within pairs of pictures one can tell, linearly, which factor they share.",
  source: "Higgins et al. 2017, ICLR",
  measure: (representation, random) => betaVae(representation, random),
});

export interface BetaVaeOptions {
  /** Pairs of an example. Default: 64. */
  readonly pairs?: number;
  /** Examples that the classifier is fitted to. Default: 5000. */
  readonly examples?: number;
  /** Examples that it is measured on. Default: 2500. */
  readonly measured?: number;
}

/**
 * Constant latents are left out. With no other latents the score is that of guessing, 1 / factors.
 *
 * @throws NoemaError as `fixedFactors`; METRIC_OPTION
 */
export function betaVae(
  representation: Representation,
  random: Random,
  { pairs = 64, examples = 5000, measured = 2500 }: BetaVaeOptions = {},
): MetricScore {
  checkOption("pairs", pairs, 1, 1e6);
  checkOption("examples", examples, 10, 1e7);
  checkOption("measured", measured, 1, 1e7);
  const { latents, standardised, factors, fitting, measuring, notes } = fixedFactors(representation, random);
  const classes = factors.length;
  const size = standardised.latents.length;
  const collected = (draws: SameValueDraws, count: number) => {
    // Each factor as often as the others, to within one: less chance than drawing the factor, and the same in the mean.
    const of = Int32Array.from({ length: count }, (_, i) => i % classes);
    const features = new Float64Array(count * size);
    for (let i = 0; i < count; i++) {
      for (let pair = 0; pair < pairs; pair++) {
        const [one, other] = draws.draw(of[i], 2, random);
        addDifference(features, i * size, standardised.values, one * size, other * size, size);
      }
    }
    return { features: features.map((sum) => sum / pairs), of, classes };
  };
  const values = new Float64Array(classes * latents);
  const names = factors.map(({ name }) => name);
  const matrix = { name: "difference within pairs", unit: "standard deviations", values };
  if (size === 0) return { score: 1 / classes, highest: 1, figures: {}, factors: names, matrix, notes };
  const fitted = collected(fitting, examples);
  const asked = collected(measuring, measured);
  const told = linearDiscriminant(fitted, asked.features);
  const [right, all] = [new Float64Array(classes), new Float64Array(classes)];
  told.forEach((factor, i) => {
    all[asked.of[i]]++;
    if (factor === asked.of[i]) right[factor]++;
    for (let j = 0; j < size; j++) {
      values[asked.of[i] * latents + standardised.latents[j]] += asked.features[i * size + j];
    }
  });
  values.forEach((sum, at) => {
    values[at] = sum / Math.max(1, all[Math.floor(at / latents)]);
  });
  return {
    score: right.reduce((sum, count) => sum + count, 0) / measured,
    highest: 1,
    figures: {},
    factors: names,
    byFactor: right.map((count, k) => count / Math.max(1, all[k])),
    matrix,
    notes,
  };
}

function addDifference(
  sums: Float64Array,
  to: number,
  values: Float32Array,
  one: number,
  other: number,
  size: number,
): void {
  for (let j = 0; j < size; j++) sums[to + j] += Math.abs(values[one + j] - values[other + j]);
}
