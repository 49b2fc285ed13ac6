/** @file Kinds of directions compared: mean selectivities, and differences between them, with bootstrap intervals. */
import { type Random, seededRandom } from "@noema/engine";
import type { Labelling } from "./labelling.js";
import { averagePrecision, beyondChance, topEntropy } from "./ranking.js";
import type { Selectivity } from "./selectivity.js";

/** A kind of directions, such as random ones, measured. */
interface MeasuredKind {
  readonly name: string;
  readonly selectivities: readonly Selectivity[];
}

/** An estimate with the interval that it lies in with the confidence said. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Each measure of selectivity: average precision beyond chance, and by how many bits less than chance the first pictures mix. */
const measures = ["precision", "purity"] as const;
export type Measure = (typeof measures)[number];

interface KindSummary {
  readonly name: string;
  readonly directions: number;
  /** The mean over its directions, with 95 % intervals. */
  readonly means: Readonly<Record<Measure, Estimate>>;
}

export interface Difference {
  /** Names of kinds. The difference is that of the first from the second. */
  readonly of: string;
  readonly from: string;
  /** 95 % intervals of this difference by itself. */
  readonly alone: Readonly<Record<Measure, Estimate>>;
  /** Intervals in which all differences together lie with 95 % confidence (Bonferroni). */
  readonly together: Readonly<Record<Measure, Estimate>>;
}

export interface Comparison {
  readonly kinds: readonly KindSummary[];
  readonly differences: readonly Difference[];
}

export interface ComparisonOptions {
  readonly kinds: readonly MeasuredKind[];
  readonly labellings: readonly Labelling[];
  /** The pictures that were measured on. */
  readonly measuring: Uint32Array;
  readonly top: number;
  /** Names of the kinds to compare: the first from the second. */
  readonly pairs: readonly (readonly [string, string])[];
  readonly resamples: number;
  readonly seed: number;
}

/** Of the intervals. */
export const confidence = 0.95;

/** Resamples draw from streams of the seed from here on. */
const firstStream = 2 ** 19;

/**
 * Weighs pictures and directions anew, `resamples` times, and looks how much the means move.
 *
 * Pictures are the same for all kinds, so differences are paired. Both pictures and directions are weighed (Owen 2007, "The
 * pigeonhole bootstrap"), by exponential weights (Rubin 1981, "The Bayesian bootstrap"): with whole repetitions a rare label
 * would sometimes have no picture left. Average precision is higher of fewer pictures, and weighing them has that effect: the
 * draws are moved so that their mean is the estimate, and intervals are quantiles of the moved draws.
 *
 * Yields the share of the resamples done.
 */
export function* compareKinds(options: ComparisonOptions): Generator<number, Comparison> {
  const { kinds, labellings, measuring, top, pairs, resamples, seed } = options;
  const of = labellings.map((labelling) => Int32Array.from(measuring, (picture) => labelling.of[picture]));
  const draws = kinds.map(() => measures.map(() => new Float64Array(resamples)));
  for (let resample = 0; resample < resamples; resample++) {
    const random = seededRandom(seed, firstStream + resample);
    const weights = exponentialWeights(measuring.length, random);
    kinds.forEach(({ selectivities }, k) => {
      const shares = exponentialWeights(selectivities.length, random);
      selectivities.forEach((one, d) => {
        const labels = labellings[one.labelling].labels.length;
        const precision = averagePrecision(one.ranking, of[one.labelling], one.label, weights);
        const entropy = topEntropy(one.ranking, of[one.labelling], labels, top, weights);
        const share = shares[d] / selectivities.length;
        draws[k][0][resample] += share * beyondChance(precision, one.chance);
        draws[k][1][resample] += share * (one.chanceEntropy - entropy);
      });
    });
    if (resample % 20 === 19) yield (resample + 1) / resamples;
  }
  const means = kinds.map(({ selectivities }) => [
    mean(selectivities.map((one) => one.beyondChance)),
    mean(selectivities.map((one) => one.chanceEntropy - one.entropy)),
  ]);
  const byMeasure = (estimate: (measure: number) => Estimate) => ({ precision: estimate(0), purity: estimate(1) });
  return {
    kinds: kinds.map(({ name, selectivities }, k) => ({
      name,
      directions: selectivities.length,
      means: byMeasure((m) => centred(means[k][m], draws[k][m], confidence)),
    })),
    differences: pairs.map(([first, second]) => {
      const [a, b] = [first, second].map((name) => kinds.findIndex((kind) => kind.name === name));
      const estimate = (level: number) =>
        byMeasure((m) =>
          centred(
            means[a][m] - means[b][m],
            draws[a][m].map((v, i) => v - draws[b][m][i]),
            level,
          ),
        );
      return {
        of: first,
        from: second,
        alone: estimate(confidence),
        together: estimate(1 - (1 - confidence) / pairs.length),
      };
    }),
  };
}

/** Of mean 1. */
function exponentialWeights(count: number, random: Random): Float64Array {
  const weights = Float64Array.from({ length: count }, () => -Math.log(1 - random.uniform()));
  const whole = weights.reduce((sum, v) => sum + v, 0);
  return weights.map((v) => (v * count) / whole);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, v) => sum + v, 0) / values.length;
}

/** Quantiles of the draws, moved so that their mean is the estimate. */
function centred(value: number, draws: Float64Array, level: number): Estimate {
  const rising = [...draws].sort((a, b) => a - b);
  const shift = value - mean(rising);
  const tail = (1 - level) / 2;
  return { value, low: shift + quantile(rising, tail), high: shift + quantile(rising, 1 - tail) };
}

/** Between the two nearest of sorted values, as R's type 7. */
function quantile(rising: readonly number[], share: number): number {
  const at = share * (rising.length - 1);
  const below = Math.floor(at);
  const above = Math.min(rising.length - 1, below + 1);
  return rising[below] + (at - below) * (rising[above] - rising[below]);
}
