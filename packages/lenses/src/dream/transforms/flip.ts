/** @file flip: swaps left and right in part of the steps. */
import { type Move, translation, upright } from "./affine.js";
import { defineTransform } from "./transform.js";

/** @param probability 0 … 1. Default: half of the steps, as photographs are flipped in training. */
export function flip(probability = 0.5): Move {
  return upright((random) => (random.uniform() < probability ? [-1, 0, 0, 0, 1, 0] : translation(0, 0)));
}

export const flipKind = defineTransform({
  name: "flip",
  summary: "swaps left and right, in half of the steps or with another probability",
  amount: { name: "PROBABILITY", form: "one", least: 0, most: 1, otherwise: 0.5 },
  create: (amount) => flip((amount as readonly number[])[0]),
});
