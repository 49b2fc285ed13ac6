/** @file jitter: moves the picture by whole pixels, as a random crop that is `pixels` smaller does. */
import { type Move, translation, upright } from "./affine.js";
import { defineTransform } from "./transform.js";

/** Each axis by one of −pixels/2 … pixels/2, all equally likely. */
export function jitter(pixels: number): Move {
  const offset = (count: number) => count - pixels / 2;
  return upright((random) => {
    const x = offset(random.below(pixels + 1));
    return translation(x, offset(random.below(pixels + 1)));
  });
}

export const jitterKind = defineTransform({
  name: "jitter",
  summary: "moves the picture by up to half as many pixels to each side",
  amount: { name: "PIXELS", form: "one", least: 0, most: 10_000, isWhole: true },
  create: (amount) => jitter((amount as readonly number[])[0]),
});
