/**
 * @file fourier: the parameters are the picture's Fourier coefficients, scaled so that all frequencies learn equally fast.
 * Steepest ascent there is ascent in a decorrelated space: smooth, natural pictures (Olah, Mordvintsev, Schubert 2017).
 */
import { build, constant, Tensor } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
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
  create: (size, options = {}) => fourierImage(size, options),
});

/**
 * Coefficients are stored N×C×2H×F, F = ⌊W/2⌋ + 1: row 2k is the real part of vertical frequency k, row 2k + 1 the
 * imaginary part. With that order both axes are transformed by one matrix product each, with reshapes between them.
 */
function fourierImage({ batch, channels, height, width }: PictureSize, options: FourierOptions): Image {
  const { deviation = 0.01, decay = 1 } = options;
  const columns = Math.floor(width / 2) + 1;
  const shape = [batch, channels, 2 * height, columns];
  const gain = gains(height, width, decay);
  return {
    shape,
    initial: (randoms) => noise(randoms, shape, deviation),
    values: (parameters) => {
      const matrix = (data: Float32Array, rows: number) =>
        constant(Tensor.of("float32", [rows, data.length / rows], data));
      const scaled = build.mul(parameters, matrix(gain, 2 * height));
      const rows = build.matmul(matrix(verticalWaves(height), 2 * height), scaled);
      const pairs = build.reshape(rows, [batch, channels, height, 2 * columns]);
      return build.matmul(pairs, matrix(horizontalWaves(width), 2 * columns));
    },
    fit: (values) => {
      const out = new Float32Array(shape.reduce((a, b) => a * b));
      for (let plane = 0; plane < batch * channels; plane++) {
        const picture = values.subarray(plane * height * width, (plane + 1) * height * width);
        const spectrum = analyse(picture, height, width);
        spectrum.forEach((v, i) => {
          out[plane * spectrum.length + i] = v / gain[i];
        });
      }
      return out;
    },
  };
}

/**
 * What coefficients are multiplied with, 2H×F. Lucid's fft_image (param/spatial.py): √(HW) / max(frequency, 1/max(H, W))^decay,
 * an inverse transform that divides by HW, and a last division by 4.
 */
function gains(height: number, width: number, decay: number): Float32Array {
  const columns = Math.floor(width / 2) + 1;
  const out = new Float32Array(2 * height * columns);
  for (let k = 0; k < height; k++) {
    const vertical = Math.min(k, height - k) / height;
    for (let l = 0; l < columns; l++) {
      const frequency = Math.max(Math.hypot(vertical, l / width), 1 / Math.max(height, width));
      const gain = 1 / (4 * Math.sqrt(height * width) * frequency ** decay);
      out[2 * k * columns + l] = gain;
      out[(2 * k + 1) * columns + l] = gain;
    }
  }
  return out;
}

/** Cosine and sine of 2π·a·b/n, with the product reduced first so that large pictures lose no digits. */
function wave(a: number, b: number, n: number): [cos: number, sin: number] {
  const angle = (2 * Math.PI * ((a * b) % n)) / n;
  return [Math.cos(angle), Math.sin(angle)];
}

/** 2H×2H: from (frequency, part) to (row, part). */
function verticalWaves(height: number): Float32Array {
  const out = new Float32Array(4 * height * height);
  for (let y = 0; y < height; y++) {
    for (let k = 0; k < height; k++) {
      const [cos, sin] = wave(y, k, height);
      out.set([cos, -sin], 2 * y * 2 * height + 2 * k);
      out.set([sin, cos], (2 * y + 1) * 2 * height + 2 * k);
    }
  }
  return out;
}

/** 2F×W: from (part, frequency) to column. Frequencies that stand for their mirror image too count twice. */
function horizontalWaves(width: number): Float32Array {
  const columns = Math.floor(width / 2) + 1;
  const out = new Float32Array(2 * columns * width);
  for (let l = 0; l < columns; l++) {
    const times = l === 0 || 2 * l === width ? 1 : 2;
    for (let x = 0; x < width; x++) {
      const [cos, sin] = wave(l, x, width);
      out[l * width + x] = times * cos;
      out[(columns + l) * width + x] = -times * sin;
    }
  }
  return out;
}

/** The Fourier coefficients of one plane, in the order of the parameters, such that unscaled synthesis gives it back. */
function analyse(plane: Float32Array, height: number, width: number): Float64Array {
  const columns = Math.floor(width / 2) + 1;
  const rows = new Float64Array(2 * height * columns);
  for (let l = 0; l < columns; l++) {
    for (let x = 0; x < width; x++) {
      const [cos, sin] = wave(l, x, width);
      for (let y = 0; y < height; y++) {
        rows[2 * y * columns + l] += plane[y * width + x] * cos;
        rows[(2 * y + 1) * columns + l] -= plane[y * width + x] * sin;
      }
    }
  }
  const out = new Float64Array(2 * height * columns);
  for (let k = 0; k < height; k++) {
    for (let y = 0; y < height; y++) {
      const [cos, sin] = wave(k, y, height);
      for (let l = 0; l < columns; l++) {
        const [re, im] = [rows[2 * y * columns + l], rows[(2 * y + 1) * columns + l]];
        out[2 * k * columns + l] += (re * cos + im * sin) / (height * width);
        out[(2 * k + 1) * columns + l] += (im * cos - re * sin) / (height * width);
      }
    }
  }
  return out;
}
