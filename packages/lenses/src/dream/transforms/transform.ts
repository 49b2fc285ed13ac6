/** @file What a transform is: a random change of the picture before the network sees it, drawn anew for every step. */
import type { Random, Value } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import type { Amount } from "../amount.js";
import type { Move } from "./affine.js";

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

/** A transform as the command line knows it: `name:amount`. */
export interface TransformKind {
  readonly name: string;
  readonly summary: string;
  readonly amount: AmountSpec;
  /** A move is merged with those beside it. */
  create(amount: Amount): Move | Transform;
}

/** What may stand after the colon. */
export interface AmountSpec {
  /** What it counts, as in `jitter:PIXELS`. */
  readonly name: string;
  /**
   * `one` number; `drawn`: also several, 1,2,3, or a range, 1..3, of which each step draws one; `course`: also a range
   * whose first number holds at the beginning of an ascent and whose second one at its end.
   */
  readonly form: "one" | "drawn" | "course";
  readonly least: number;
  readonly most: number;
  /** Whole numbers only. */
  readonly isWhole?: boolean;
  /** What is meant where it is left out; undefined: it may not be. */
  readonly otherwise?: number;
}

/** Declares a transform that can be written as text; the folder's index and its contract test find it. */
export function defineTransform(kind: TransformKind): TransformKind {
  return kind;
}
