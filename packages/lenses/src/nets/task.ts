/** @file Task: what is trained: its nets, its loss, and the models that come out. */
import type { LossFunction, Signature, Tensor } from "@noema/engine";
import type { Net, Weights } from "./net.js";

export interface Task {
  readonly nets: readonly Net[];
  /** Pictures that the loss sees of one example: 2 for pairs. */
  readonly draws: 1 | 2;
  /** Of the data it takes `pixels` (N×C×H×W, 0..255, bytes) and `label` (N, int32). */
  readonly loss: LossFunction;
  /** What the loss sees beside the data; nothing where it is left out. */
  readonly noise?: StepNoise;
  /** The nets as models, by name, for a batch of one that may be left open when they are written. */
  models(weights: Weights): Readonly<Record<string, Signature>>;
}

/** Numbers that a step is given beside the rows: random ones, and those that change from step to step. */
export interface StepNoise {
  /** The shape of each, by name, for so many examples. */
  shapes(batch: number): Readonly<Record<string, readonly number[]>>;
  /** Those of a step, counted from 0; the same for the same step and seed, whatever was drawn before. */
  at(step: number, call: { readonly batch: number; readonly seed: number }): Readonly<Record<string, Float32Array>>;
  /** Those with which pictures are looked at that teach nothing. */
  still(batch: number): Readonly<Record<string, Float32Array>>;
}

/** How trained weights stand in a model. */
export type WeightsOf = (weights: Readonly<Record<string, Tensor>>) => Weights;
