/** @file scale: makes the picture larger or smaller, around its middle. */
import type { Move } from "./affine.js";

/** By one of these factors; 1.1 shows everything a tenth larger. */
export function scale(factors: readonly number[]): Move {
  return (random) => {
    const back = 1 / random.pick(factors);
    return [back, 0, 0, 0, back, 0];
  };
}
