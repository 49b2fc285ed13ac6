/** @file scale: makes the picture larger or smaller, around its middle. */
import { type Amount, drawnAmount } from "../amount.js";
import { type Move, upright } from "./affine.js";
import { defineTransform } from "./transform.js";

/** By one of these factors; 1.1 shows everything a tenth larger. */
export function scale(factors: Amount): Move {
  return upright((random) => {
    const back = 1 / drawnAmount(factors, random);
    return [back, 0, 0, 0, back, 0];
  });
}

export const scaleKind = defineTransform({
  name: "scale",
  summary: "shows everything so many times as large",
  amount: { name: "FACTORS", form: "drawn", least: 0.01, most: 100 },
  create: scale,
});
