/** @file jitter: moves the picture by whole pixels, as a random crop that is `pixels` smaller does. */
import { type Move, translation } from "./affine.js";

/** Each axis by one of −pixels/2 … pixels/2, all equally likely. */
export function jitter(pixels: number): Move {
  const offset = (count: number) => count - pixels / 2;
  return (random) => {
    const x = offset(random.below(pixels + 1));
    return translation(x, offset(random.below(pixels + 1)));
  };
}
