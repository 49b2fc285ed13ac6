/**
 * @file fourier: the parameters are the picture's Fourier coefficients, scaled so that all frequencies learn equally fast.
 * Steepest ascent there is ascent in a decorrelated space: smooth, natural pictures (Olah, Mordvintsev, Schubert 2017).
 */
import { build, constant, Tensor } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import { forwardFourier } from "../forward-fourier.js";
import { type InverseFourier, inverseFourier } from "../inverse-fourier.js";
import { noise } from "../noise.js";
import { defineImage, type Image } from "./image.js";

export interface FourierOptions {
  /** Standard deviation of the starting coefficients. Default 0.01 (Lucid, param/spatial.py). */
  readonly deviation?: number;
  /** Coefficients are divided by their frequency to this power. Default 1 (Lucid). */
  readonly decay?: number;
}

export const fourier = defineImage<FourierOptions>({
  name: "fourier",
  summary: "Fourier coefficients, scaled by 1/frequency (Lucid's default)",
  numbers: { deviation: { least: 0, most: 100 }, decay: { least: -4, most: 8 } },
  create: (size, options = {}) => fourierImage(size, options),
});

function fourierImage(size: PictureSize, options: FourierOptions): Image {
  const { deviation = 0.01, decay = 1 } = options;
  const { height, width } = size;
  const inverse = inverseFourier(size);
  const [batch, channels, rows, columns] = inverse.shape;
  const gain = gains(size, inverse, decay);
  return {
    shape: inverse.shape,
    initial: (randoms) => noise(randoms, inverse.shape, deviation),
    values: (parameters) =>
      inverse.pictures(build.mul(parameters, constant(Tensor.of("float32", [rows, columns], gain)))),
    fit: (values) => {
      const out = new Float32Array(batch * channels * rows * columns);
      const area = height * width;
      for (let plane = 0; plane < batch * channels; plane++) {
        const { re, im } = forwardFourier(values.subarray(plane * area, (plane + 1) * area), height, width);
        [re, im].forEach((part, which) => {
          part.forEach((v, i) => {
            const at = inverse.row(i % width, which as 0 | 1) * columns + Math.floor(i / width);
            out[plane * rows * columns + at] = v / area / gain[at];
          });
        });
      }
      return out;
    },
  };
}

/**
 * What coefficients are multiplied with, 2W×F. Lucid's fft_image (param/spatial.py): √(HW) / max(frequency, 1/max(H, W))^decay,
 * an inverse transform that divides by HW, and a last division by 4.
 */
function gains({ height, width }: PictureSize, { shape, row }: InverseFourier, decay: number): Float32Array {
  const columns = shape[3];
  const out = new Float32Array(shape[2] * columns);
  for (let l = 0; l < width; l++) {
    const horizontal = Math.min(l, width - l) / width;
    for (let k = 0; k < columns; k++) {
      const frequency = Math.max(Math.hypot(horizontal, k / height), 1 / Math.max(height, width));
      const gain = 1 / (4 * Math.sqrt(height * width) * frequency ** decay);
      for (const part of [0, 1] as const) out[row(l, part) * columns + k] = gain;
    }
  }
  return out;
}
