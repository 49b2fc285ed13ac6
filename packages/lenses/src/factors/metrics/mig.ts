/**
 * @file MIG: Mutual Information Gap. Of each factor, how much more its best latent tells than its second best.
 *
 * Chen, Li, Grosse and Duvenaud 2018, "Isolating Sources of Disentanglement in Variational Autoencoders" (arXiv 1802.04942),
 * section 4.1: (1/K) Σₖ [I(z_j(k); vₖ) − max over j ≠ j(k) of I(z_j; vₖ)] / H(vₖ), with j(k) the latent that tells most about
 * factor k. Mutual information is estimated as in disentanglement_lib (Locatello et al. 2019, arXiv 1811.12359): from 20
 * equally wide bins of each latent. Chen et al. integrate over the encoder's q(z|x) instead, so figures of theirs differ.
 */
import { defineMetric, type MetricScore } from "./metric.js";
import { type BinOptions, defaultBins, mutualInformation } from "./mutual-information.js";
import { checked, type Representation } from "./representation.js";

export const migMetric = defineMetric({
  name: "mig",
  title: "Mutual Information Gap",
  says: "Each factor is told by one latent, and by no other.",
  source: "Chen et al. 2018, arXiv 1802.04942",
  measure: (representation) => mig(representation),
});

/**
 * Of a single latent the second best is taken to tell nothing, as a constant would. A latent in 20 bins tells at most
 * log 20 nats: of more than 20 equally frequent values not even a perfect one tells all, and `highest` is less than 1.
 *
 * @throws NoemaError as `checked`; METRIC_OPTION
 */
export function mig(representation: Representation, { bins = defaultBins }: BinOptions = {}): MetricScore {
  const input = checked(representation);
  const { values, entropies } = mutualInformation(input, bins);
  const latents = input.columns.length;
  const shares = values.map((nats, at) => nats / entropies[Math.floor(at / latents)]);
  const byFactor = Float64Array.from(input.factors, (_, k) => {
    const [best, second] = shares.slice(k * latents, (k + 1) * latents).sort((a, b) => b - a);
    return best - (second ?? 0);
  });
  return {
    score: mean(byFactor),
    highest: mean(entropies.map((nats) => Math.min(1, Math.log(bins) / nats))),
    figures: {},
    factors: input.factors.map(({ name }) => name),
    byFactor,
    matrix: { name: "mutual information", unit: "share of the factor's entropy", values: shares },
    notes:
      latents > 1 ? input.notes : [...input.notes, "There is one latent: the second best was taken to tell nothing."],
  };
}

function mean(values: Float64Array): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}
