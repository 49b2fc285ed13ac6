/** @file Affine maps of the plane, and moves: random ones, which can be composed into one. */
import type { Random } from "@noema/engine";
import type { Moment } from "./transform.js";

/** (x, y) to (a·x + b·y + c, d·x + e·y + f), in pixels from the middle of the picture, x to the right and y down. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** A random map from places in the moved picture to the places in the unmoved one that are shown there. */
export interface Move {
  (random: Random, moment: Moment): Affine;
  /** It never turns nor slants anything: x alone decides on x, and y on y. */
  readonly upright?: boolean;
}

/** Declares a move that never turns nor slants anything: those are sampled in a cheaper way. */
export function upright(move: (random: Random, moment: Moment) => Affine): Move {
  return Object.assign(move, { upright: true });
}

export const translation = (x: number, y: number): Affine => [1, 0, x, 0, 1, y];

/** First `inner`, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [g, h, i, j, k, l] = inner;
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f];
}
