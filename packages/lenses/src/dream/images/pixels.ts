/** @file pixels: every pixel is a parameter. The plainest image, which ascent fills with high frequencies. */

import { noise } from "../noise.js";
import { defineImage } from "./image.js";

export interface PixelsOptions {
  /** Standard deviation of the starting noise. Default 0.01 (Lucid, param/spatial.py). */
  readonly deviation?: number;
}

export const pixels = defineImage<PixelsOptions>({
  name: "pixels",
  summary: "every pixel is a parameter",
  numbers: { deviation: { least: 0, most: 100 } },
  create: ({ batch, channels, height, width }, { deviation = 0.01 } = {}) => {
    const shape = [batch, channels, height, width];
    return {
      shape,
      initial: (randoms) => noise(randoms, shape, deviation),
      values: (parameters) => parameters,
      fit: (values) => values.slice(),
    };
  },
});
