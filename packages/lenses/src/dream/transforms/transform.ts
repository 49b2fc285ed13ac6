/** @file What a transform is: a random change of the picture before the network sees it, drawn anew for every step. */
import type { Value } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import type { Random } from "../../random.js";

/** Numbers that are drawn for a step and given to its program, by name. */
export type Drawn = Readonly<Record<string, Float32Array>>;

/** What a transform knows when it draws. */
export interface Moment {
  /** Of the pictures that it is applied to. */
  readonly size: PictureSize;
  /** How much of the ascent is behind us, 0 … 1. */
  readonly progress: number;
}

export interface Transform {
  /** Shapes of what is drawn, for pictures of this size. */
  draws(size: PictureSize): Readonly<Record<string, readonly number[]>>;
  draw(random: Random, moment: Moment): Drawn;
  /** N×C×H×W to N×C×H×W, differentiable, given what was drawn. */
  apply(pictures: Value, drawn: Readonly<Record<string, Value>>): Value;
}
