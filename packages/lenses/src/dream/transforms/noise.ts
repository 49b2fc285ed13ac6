/** @file noise: normal noise on every number of the picture. What dreams in single pixels drowns in it. */
import { build, type Random, seededRandom } from "@noema/engine";
import { amountAt, isRange, type Range } from "../amount.js";
import { defineTransform, type Transform } from "./transform.js";

/** How many numbers are drawn once: more than any picture of 512×512 has, and a prime, so that rows do not line up. */
const drawnOnce = 1_048_583;

let once: Float32Array | undefined;

/**
 * Each picture has noise of its own.
 *
 * Drawing 150,000 normal numbers takes 5 ms, a tenth of a step. So a million of them are drawn once, always the same, and
 * each picture of each step reads them from a place of its own, with a sign of its own: one pixel never meets the same
 * numbers in the same order, and two pixels share none in one step. What a dream averages over, the noise that one pixel
 * sees in many steps, is drawn from a million numbers rather than from all.
 *
 * @param deviation standard deviation in the course of the ascent, where the picture goes from 0 to 1
 */
export function noise(deviation: Range): Transform {
  return {
    draws: ({ batch, channels, height, width }) => ({ noise: [batch, channels, height, width] }),
    draw: (random, { size: { batch, channels, height, width }, progress }) => {
      const out = new Float32Array(batch * channels * height * width);
      const sigma = amountAt(deviation, progress);
      for (let picture = 0; picture < batch; picture++) {
        fill(out.subarray((picture * out.length) / batch, ((picture + 1) * out.length) / batch), sigma, random);
      }
      return { noise: out };
    },
    apply: (pictures, drawn) => build.add(pictures, drawn.noise),
  };
}

function fill(out: Float32Array, sigma: number, random: Random): void {
  if (once === undefined) {
    const { normal } = seededRandom(0);
    once = Float32Array.from({ length: drawnOnce }, normal);
  }
  const start = random.below(drawnOnce);
  const factor = random.uniform() < 0.5 ? sigma : -sigma;
  for (let begin = 0; begin < out.length; ) {
    const at = (start + begin) % drawnOnce;
    const end = Math.min(out.length, begin + drawnOnce - at);
    const shift = at - begin;
    for (let i = begin; i < end; i++) out[i] = factor * once[i + shift];
    begin = end;
  }
}

export const noiseKind = defineTransform({
  name: "noise",
  summary: "adds noise of such a standard deviation; A..B: at the beginning and at the end",
  amount: { name: "DEVIATION", form: "course", least: 0, most: 10 },
  create: (deviation) => noise(isRange(deviation) ? deviation : { from: deviation[0], to: deviation[0] }),
});
