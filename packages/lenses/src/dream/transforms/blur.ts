/** @file blur: a Gaussian blur. What is fine enough to vanish in it earns nothing. */

import { alongAxes, mixture } from "../along-axes.js";
import { type Amount, drawnAmount } from "../amount.js";
import { defineTransform, type Transform } from "./transform.js";

/** How many standard deviations of the bell are used: what lies beyond is less than 1e-4 of it. */
const reach = 4;

/**
 * Beyond the edges nothing is made up: there the weights of what is inside are divided by their sum, so that an even
 * picture stays even.
 *
 * @param sigmas standard deviations, in pixels; 0 leaves the picture as it is
 */
export function blur(sigmas: Amount): Transform {
  return {
    draws: ({ height, width }) => ({ down: [height, height], across: [width, width] }),
    draw: (random, { size: { height, width } }) => {
      const sigma = drawnAmount(sigmas, random);
      return { down: bells(height, sigma), across: bells(width, sigma) };
    },
    apply: (pictures, { down, across }) => alongAxes(pictures, down, across),
  };
}

/** Normalized Gaussian weights around each place of an axis. */
function bells(size: number, sigma: number): Float32Array {
  const radius = Math.ceil(reach * sigma);
  const bell = Array.from({ length: radius + 1 }, (_, i) => (i === 0 ? 1 : Math.exp(-((i / sigma) ** 2) / 2)));
  return mixture(size, (row, add) => {
    const [first, last] = [Math.max(0, row - radius), Math.min(size - 1, row + radius)];
    let sum = 0;
    for (let column = first; column <= last; column++) sum += bell[Math.abs(column - row)];
    for (let column = first; column <= last; column++) add(column, bell[Math.abs(column - row)] / sum);
  });
}

export const blurKind = defineTransform({
  name: "blur",
  summary: "blurs the picture by a bell of such a standard deviation in pixels",
  amount: { name: "PIXELS", form: "drawn", least: 0, most: 1000 },
  create: blur,
});
