/** @file randomHalves: pictures to fit a predictor on, and others, never seen by it, to measure it on. */
import type { Random } from "@noema/engine";
import { permutation } from "../../permutation.js";

export interface RandomHalves {
  readonly fitting: Uint32Array;
  readonly measuring: Uint32Array;
}

/** Most rows of a half: what `sortedRows` sorts, and enough for any of these metrics. */
const mostRows = 2 ** 21;

/** Shuffled; of an odd number the fitting half has one less. */
export function randomHalves(pictures: number, random: Random): RandomHalves {
  const order = Uint32Array.from(permutation(pictures, random));
  const middle = pictures >> 1;
  return { fitting: order.slice(0, Math.min(middle, mostRows)), measuring: order.slice(middle, middle + mostRows) };
}
