/** @file measureFactors: several metrics of one representation, each beside what it says of the same latents, shuffled. */
import { NoemaError, type Random, seededRandom, unknownName } from "@noema/engine";
import { permutation } from "../../permutation.js";
import { metrics } from "./index.js";
import type { MetricKind, MetricScore } from "./metric.js";
import { checked, type Representation } from "./representation.js";

export interface MeasureOptions {
  readonly seed: number;
  /** Names of metrics. Default: all. */
  readonly metrics?: readonly string[] | undefined;
  /** Whether to measure the shuffled latents too, in as much time again. Default: no. */
  readonly chance?: boolean | undefined;
}

export interface MeasuredMetric {
  readonly kind: MetricKind;
  /** Missing where the metric is not defined for these factors. */
  readonly score?: MetricScore;
  /** Why it is missing, in one sentence. */
  readonly missing?: string;
  /**
   * The score of the same latents dealt to other pictures, so that they know nothing: what the metric says by chance, with these
   * numbers of pictures, latents and values. It is not 0 for most.
   */
  readonly chance?: number;
}

/** Stream of the seed by which latents are dealt to other pictures. */
const shuffling = 1;

/**
 * Yields the metric that is measured next, and the share that is done, so that the caller can show it, or stop. The same seed gives
 * the same scores, whichever others are asked for.
 *
 * @throws NoemaError METRIC_UNKNOWN; as `checked`
 */
export function* measureFactors(
  representation: Representation,
  { seed, metrics: names, chance = false }: MeasureOptions,
): Generator<{ readonly next: MetricKind; readonly share: number }, MeasuredMetric[]> {
  const kinds = names === undefined ? metrics : names.map(metricNamed);
  checked(representation);
  const shuffled = chance ? shuffledLatents(representation, seededRandom(seed, shuffling)) : undefined;
  const measured: MeasuredMetric[] = [];
  for (const [i, kind] of kinds.entries()) {
    yield { next: kind, share: i / kinds.length };
    measured.push(measuredBy(kind, representation, shuffled, seed));
  }
  return measured;
}

function measuredBy(
  kind: MetricKind,
  representation: Representation,
  shuffled: Representation | undefined,
  seed: number,
): MeasuredMetric {
  try {
    const score = kind.measure(representation, seededRandom(seed));
    return { kind, score, ...(shuffled && { chance: kind.measure(shuffled, seededRandom(seed)).score }) };
  } catch (error) {
    if (!(error instanceof NoemaError) || error.code !== "FACTORS_FEW") throw error;
    return { kind, missing: error.message };
  }
}

function metricNamed(name: string): MetricKind {
  const found = metrics.find((kind) => kind.name === name);
  if (found) return found;
  throw unknownName(
    "METRIC_UNKNOWN",
    "metric",
    name,
    metrics.map((kind) => kind.name),
  );
}

function shuffledLatents({ latents, factors }: Representation, random: Random): Representation {
  const pictures = factors[0].of.length;
  const size = latents.length / pictures;
  const dealt = new Float32Array(latents.length);
  permutation(pictures, random).forEach((from, to) => {
    dealt.set(latents.subarray(from * size, (from + 1) * size), to * size);
  });
  return { latents: dealt, factors };
}
