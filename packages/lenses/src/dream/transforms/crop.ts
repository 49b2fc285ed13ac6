/** @file crop: shows a part of the picture at its full size, another one at every step (Fel et al., MaCo, 2023). */
import { amountAt, isRange, type Range } from "../amount.js";
import { type Move, upright } from "./affine.js";
import { defineTransform } from "./transform.js";

/**
 * Any box inside the picture is as likely as any other.
 *
 * @param share how much of each side it shows, in the course of the ascent. MaCo goes from half of it to a twentieth: first
 *   the whole is put in order, then its details.
 */
export function crop(share: Range): Move {
  return upright((random, { size: { height, width }, progress }) => {
    const shown = amountAt(share, progress);
    const offset = (side: number) => (random.uniform() - 0.5) * (1 - shown) * side;
    const x = offset(width);
    return [shown, 0, x, 0, shown, offset(height)];
  });
}

export const cropKind = defineTransform({
  name: "crop",
  summary: "enlarges a random part of the picture; A..B: its share of each side at the beginning and at the end",
  amount: { name: "SHARE", form: "course", least: 0.001, most: 1 },
  create: (share) => crop(isRange(share) ? share : { from: share[0], to: share[0] }),
});
