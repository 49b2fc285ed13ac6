/**
 * @file Modularity: of each latent, how far what it tells is about one factor only.
 *
 * Ridgeway and Mozer 2018, "Learning Deep Disentangled Embeddings with the F-Statistic Loss" (arXiv 1802.05312), section 3:
 * the mutual information m_if of latent i and factor f is compared with its template t_i, which keeps the largest, θᵢ, and is 0
 * elsewhere; modularity is the mean over latents of 1 − Σ_f (m_if − t_if)² / (θᵢ² (K − 1)). Mutual information from 20 equally
 * wide bins of each latent, and 0 for latents that tell nothing, as in disentanglement_lib (Locatello et al. 2019).
 */
import { defineMetric, type MetricScore } from "./metric.js";
import { type BinOptions, mutualInformation } from "./mutual-information.js";
import { checked, type Representation } from "./representation.js";

export const modularityMetric = defineMetric({
  name: "modularity",
  title: "Modularity",
  says: "Each latent tells about one factor, and no other.",
  source: "Ridgeway and Mozer 2018, arXiv 1802.05312",
  measure: (representation) => modularity(representation),
});

/**
 * The figure `informative latents` is the mean over those that tell anything at all: a constant latent counts 0 in the score.
 *
 * @throws NoemaError as `checked`; METRIC_OPTION
 */
export function modularity(representation: Representation, { bins }: BinOptions = {}): MetricScore {
  const input = checked(representation, 2);
  const { values } = mutualInformation(input, bins);
  const [factors, latents] = [input.factors.length, input.columns.length];
  let informative = 0;
  const byLatent = Float64Array.from(input.columns, (_, j) => {
    let [largest, squares] = [0, 0];
    for (let k = 0; k < factors; k++) {
      const nats = values[k * latents + j];
      largest = Math.max(largest, nats);
      squares += nats * nats;
    }
    if (largest === 0) return 0;
    informative++;
    return 1 - (squares - largest * largest) / (largest * largest * (factors - 1));
  });
  const sum = byLatent.reduce((total, one) => total + one, 0);
  const silent = latents - informative;
  return {
    score: sum / latents,
    highest: 1,
    figures: { "informative latents": informative === 0 ? 0 : sum / informative },
    factors: input.factors.map(({ name }) => name),
    byLatent,
    matrix: { name: "mutual information", unit: "nats", values },
    notes:
      silent === 0 ? input.notes : [...input.notes, `${silent} of ${latents} latents tell nothing and count as 0.`],
  };
}
