/** @file scoresOf: the field's metrics of the latents, for the known factors besides the label. */
import { measureFactors } from "@noema/lenses";
import type { OpenRun } from "./open-run.js";
import type { Subject } from "./subject.js";

/** A metric as it is kept in a file. */
interface FactorScore {
  readonly name: string;
  readonly title: string;
  readonly says: string;
  readonly source: string;
  /** 0..1; null where the metric is not defined for these factors. */
  readonly score: number | null;
  readonly highest: number | null;
  /** What it says of the same latents, dealt to other pictures. */
  readonly chance: number | null;
  readonly figures: Readonly<Record<string, number>>;
  readonly notes: readonly string[];
  readonly factors: readonly string[];
  readonly matrix: { readonly name: string; readonly unit: string; readonly values: readonly number[] } | null;
}

export interface FactorScores {
  readonly pictures: number;
  readonly factors: readonly string[];
  readonly metrics: readonly FactorScore[];
}

/** Pictures that metrics look at, at most. */
const mostPictures = 5000;

/** A factor of more values is made of others: a person, a pose. */
const mostValues = 40;

/** Null where no other factor than the label is known. */
export function scoresOf(
  { dataset, label, asked: pictures }: Subject,
  latents: Float32Array,
  { options, autoencoder }: OpenRun,
): FactorScores | null {
  const count = Math.min(mostPictures, pictures.length);
  const factors = dataset.factors
    .filter(({ name, values }) => name !== label.name && values.length <= mostValues)
    .map(({ name, values, of }) => ({ name, values, of: pictures.subarray(0, count).map((i) => of[i]) }))
    .filter(({ of }) => new Set(of).size > 1);
  if (factors.length === 0) return null;
  const run = measureFactors(
    { latents: latents.slice(0, count * autoencoder.latents), factors },
    { seed: options.seed, chance: true },
  );
  let step = run.next();
  while (!step.done) step = run.next();
  return {
    pictures: count,
    factors: factors.map(({ name }) => name),
    metrics: step.value.map(({ kind, score, missing, chance }) => ({
      ...{ name: kind.name, title: kind.title, says: kind.says, source: kind.source },
      score: score?.score ?? null,
      highest: score?.highest ?? null,
      chance: chance ?? null,
      figures: score?.figures ?? {},
      notes: [...(score?.notes ?? []), ...(missing === undefined ? [] : [missing])],
      factors: score?.factors ?? [],
      matrix:
        score === undefined
          ? null
          : { name: score.matrix.name, unit: score.matrix.unit, values: [...score.matrix.values] },
    })),
  };
}
