/** @file What a transform is: a random change of the picture before the network sees it, drawn anew for every step. */
import type { Value } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import type { Random } from "../../random.js";

/** Numbers that are drawn for a step and given to its program, by name. */
export type Drawn = Readonly<Record<string, Float32Array>>;

export interface Transform {
  /** Shapes of what is drawn. */
  readonly draws: Readonly<Record<string, readonly number[]>>;
  draw(random: Random, size: PictureSize): Drawn;
  /** N×C×H×W to N×C×H×W, differentiable, given what was drawn. */
  apply(pictures: Value, drawn: Readonly<Record<string, Value>>): Value;
}
