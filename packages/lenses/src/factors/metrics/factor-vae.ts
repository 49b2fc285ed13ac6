/**
 * @file FactorVAE score: with one factor held fixed, does the latent that varies least say which factor it was?
 *
 * Kim and Mnih 2018, "Disentangling by Factorising" (arXiv 1802.05983), section 4: a factor is chosen, pictures are drawn that share
 * its value, and the latent of least variance, relative to its variance among all pictures, gets a vote for the factor. Each
 * latent is then taken to stand for the factor that most of its votes are for (a majority vote classifier), and the score is the
 * share of further votes that this tells right. Numbers of votes as in the study of Locatello et al. 2019
 * (arXiv 1811.12359, disentanglement_lib).
 *
 * Here pictures are drawn from those there are, not from a simulator: votes are gathered on one half of them and counted on the
 * other, as few pictures of a value would otherwise be recognized by themselves. A representation that knows nothing gets
 * about 1 / K, for K factors, not 0.
 */
import type { Random } from "@noema/engine";
import { fixedFactors } from "./fixed-factors.js";
import { defineMetric, type MetricScore } from "./metric.js";
import { checkOption } from "./metric-option.js";
import type { Representation } from "./representation.js";
import type { SameValueDraws } from "./same-value-draws.js";
import type { StandardisedLatents } from "./standardised-latents.js";

export const factorVaeMetric = defineMetric({
  name: "factor-vae",
  title: "FactorVAE score",
  says: "While a factor stays the same, a latent of its own does.",
  source: "Kim and Mnih 2018, arXiv 1802.05983",
  measure: (representation, random) => factorVae(representation, random),
});

export interface FactorVaeOptions {
  /** Pictures of a vote at most: fewer where fewer share a value. Default: 64. */
  readonly batch?: number;
  /** Votes that decide which factor each latent stands for. Default: 10,000. */
  readonly votes?: number;
  /** Votes that are then counted. Default: 5000. */
  readonly countedVotes?: number;
}

/**
 * A latent that is constant gets no vote. With no other latents the score is 0, as in disentanglement_lib.
 *
 * @throws NoemaError as `fixedFactors`; METRIC_OPTION
 */
export function factorVae(
  representation: Representation,
  random: Random,
  { batch = 64, votes = 10_000, countedVotes = 5000 }: FactorVaeOptions = {},
): MetricScore {
  checkOption("batch", batch, 2, 1e6);
  checkOption("votes", votes, 1, 1e8);
  checkOption("countedVotes", countedVotes, 1, 1e8);
  const { latents, standardised, factors, fitting, measuring, notes } = fixedFactors(representation, random);
  const gather = (draws: SameValueDraws, count: number) => {
    const table = new Float64Array(factors.length * latents);
    for (let vote = 0; vote < count; vote++) {
      const factor = random.below(factors.length);
      table[factor * latents + leastVarying(standardised, draws.draw(factor, batch, random))]++;
    }
    return table;
  };
  const names = factors.map(({ name }) => name);
  const matrix = { name: "votes", unit: "share of the factor's votes" };
  if (standardised.latents.length === 0) {
    const values = new Float64Array(factors.length * latents);
    return { score: 0, highest: 1, figures: {}, factors: names, matrix: { ...matrix, values }, notes };
  }
  const gathered = gather(fitting, votes);
  const counted = gather(measuring, countedVotes);
  const standsFor = Array.from({ length: latents }, (_, j) => {
    let best = 0;
    for (let k = 1; k < factors.length; k++) if (gathered[k * latents + j] > gathered[best * latents + j]) best = k;
    return best;
  });
  const cast = Float64Array.from(factors, (_, k) => sum(counted.subarray(k * latents, (k + 1) * latents)));
  const right = new Float64Array(factors.length);
  standsFor.forEach((k, j) => {
    right[k] += counted[k * latents + j];
  });
  return {
    score: sum(right) / countedVotes,
    highest: 1,
    figures: {},
    factors: names,
    byFactor: right.map((count, k) => (cast[k] > 0 ? count / cast[k] : 0)),
    matrix: { ...matrix, values: counted.map((count, at) => count / Math.max(1, cast[Math.floor(at / latents)])) },
    notes,
  };
}

/** The latent of least variance among these pictures; the first of several. */
function leastVarying({ values, latents }: StandardisedLatents, pictures: Uint32Array): number {
  const size = latents.length;
  const [sums, squares] = [new Float64Array(size), new Float64Array(size)];
  for (const picture of pictures) {
    for (let j = 0, at = picture * size; j < size; j++, at++) {
      sums[j] += values[at];
      squares[j] += values[at] * values[at];
    }
  }
  let [least, found] = [Number.POSITIVE_INFINITY, 0];
  for (let j = 0; j < size; j++) {
    const spread = squares[j] - (sums[j] * sums[j]) / pictures.length;
    if (spread < least) [least, found] = [spread, j];
  }
  return latents[found];
}

function sum(values: Float64Array): number {
  return values.reduce((total, v) => total + v, 0);
}
