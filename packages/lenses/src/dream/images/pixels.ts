/** @file pixels: every pixel is a parameter. The plainest image, which ascent fills with high frequencies. */
import { defineImage } from "./image.js";

export interface PixelsOptions {
  /** Standard deviation of the starting noise. Default 0.01 (Lucid, param/spatial.py). */
  readonly deviation?: number;
}

export const pixels = defineImage<PixelsOptions>({
  name: "pixels",
  summary: "every pixel is a parameter",
  create: ({ batch, channels, height, width }, { deviation = 0.01 } = {}) => ({
    shape: [batch, channels, height, width],
    initial: (random) =>
      Float32Array.from({ length: batch * channels * height * width }, () => deviation * random.normal()),
    values: (parameters) => parameters,
    fit: (values) => values.slice(),
  }),
});
