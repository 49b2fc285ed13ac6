/** @file Metric: how well latents keep known factors apart, as a number; and what a kind of metric is: one file here each. */
import type { Random } from "@noema/engine";
import type { Representation } from "./representation.js";

/** A table to draw: how much each latent has to do with each factor. */
export interface FactorMatrix {
  /** What the numbers are, such as "mutual information". */
  readonly name: string;
  /** What they are counted in, such as "nats". */
  readonly unit: string;
  /** Factors × latents, in the order of the score's `factors` and of the latents as given. */
  readonly values: Float64Array;
}

export interface MetricScore {
  /** 0..1, larger is better. */
  readonly score: number;
  /** What a perfect representation of these factors gets: 1, but less for SAP of factors that are no quantities. */
  readonly highest: number;
  /** Further numbers, each under its name: DCI's completeness and informativeness. */
  readonly figures: Readonly<Record<string, number>>;
  /** Names of the factors that were measured: those that vary among these pictures. */
  readonly factors: readonly string[];
  /** The score of each of them, where the metric is a mean over factors. */
  readonly byFactor?: Float64Array;
  /** The score of each latent, where the metric is a mean over latents. */
  readonly byLatent?: Float64Array;
  readonly matrix: FactorMatrix;
  /** Conventions that came into play, each a sentence: a factor that was left out, a single latent. */
  readonly notes: readonly string[];
}

export interface MetricKind {
  /** The word for it on the command line; also the name of its file. */
  readonly name: string;
  /** What the field calls it. */
  readonly title: string;
  /** What it says, in one plain sentence. */
  readonly says: string;
  /** Who defined it, and where. */
  readonly source: string;
  /**
   * With the options' defaults.
   *
   * @throws NoemaError what `checked` throws; FACTORS_FEW where the metric compares factors and fewer than two vary
   */
  measure(representation: Representation, random: Random): MetricScore;
}

/** Declares a kind of metric. A file of this folder that does so is one. */
export function defineMetric(kind: MetricKind): MetricKind {
  return kind;
}
