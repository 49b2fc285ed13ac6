/** @file Task: what is trained: its nets, its loss, and the models that come out. */
import type { LossFunction, Signature, Tensor } from "@noema/engine";
import type { Net, Weights } from "./net.js";

export interface Task {
  readonly nets: readonly Net[];
  /** Pictures that the loss sees of one example: 2 for pairs. */
  readonly draws: 1 | 2;
  /** Of the data it takes `pixels` (N×C×H×W, 0..255, bytes) and `label` (N, int32). */
  readonly loss: LossFunction;
  /** The nets as models, by name, for a batch of one that may be left open when they are written. */
  models(weights: Weights): Readonly<Record<string, Signature>>;
}

/** How trained weights stand in a model. */
export type WeightsOf = (weights: Readonly<Record<string, Tensor>>) => Weights;
