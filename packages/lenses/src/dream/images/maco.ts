/**
 * @file maco: waves as strong as those of photographs, of which only the phases are moved (Fel et al. 2023, "Unlocking
 * Feature Visualization for Deeper Networks with MAgnitude Constrained Optimization").
 *
 * Its authors show the network crops of a picture of 512 pixels, from half of it at the beginning to a twentieth at the end,
 * with noise of deviation 0.08, for 256 steps.
 */
import { build, constant, NoemaError, Tensor } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import { forwardFourier } from "../forward-fourier.js";
import { type InverseFourier, inverseFourier } from "../inverse-fourier.js";
import { photographSpectrum } from "../photograph-spectrum.js";
import { magnitude, type Spectrum } from "../spectrum.js";
import { defineImage, type Image } from "./image.js";

export interface MacoOptions {
  /** One table per channel. Default: that of photographs for one and three channels, else 1/frequency. */
  readonly spectrum?: Spectrum;
  /** Standard deviation of the values. Default 1.3, which gives pictures the contrast of one photograph. */
  readonly deviation?: number;
}

export const maco = defineImage<MacoOptions>({
  name: "maco",
  summary: "only phases are moved, waves stay as strong as in photographs (MaCo)",
  numbers: { deviation: { least: 0.01, most: 100 } },
  create: (size, options = {}) => macoImage(size, options),
});

function macoImage(size: PictureSize, { spectrum, deviation = 1.3 }: MacoOptions): Image {
  const { batch, channels, height, width } = size;
  const inverse = inverseFourier(size);
  const [, , blocks, , length, columns] = inverse.parts;
  const shape = [batch, channels, width, columns];
  const strengths = strengthsOf(size, inverse, spectrum, deviation);
  return {
    shape,
    rate: 0.2,
    initial: (randoms) => {
      const each = channels * width * columns;
      const out = new Float32Array(batch * each);
      randoms.forEach((random, i) => {
        for (let k = 0; k < each; k++) out[i * each + k] = 2 * Math.PI * (random.uniform() - 0.5);
      });
      return out;
    },
    values: (parameters) => {
      const strength = constant(Tensor.of("float32", [channels, blocks, 1, length, columns], strengths));
      const phases = build.reshape(parameters, [batch, channels, blocks, 1, length, columns]);
      const waves = build.concat([build.cos(phases), build.sin(phases)], 3);
      return inverse.pictures(build.reshape(build.mul(waves, strength), inverse.shape));
    },
    // A photograph's phases, with the strengths that all pictures have.
    fit: (values) => {
      const out = new Float32Array(shape.reduce((a, b) => a * b));
      const area = height * width;
      for (let plane = 0; plane < batch * channels; plane++) {
        const { re, im } = forwardFourier(values.subarray(plane * area, (plane + 1) * area), height, width);
        re.forEach((_, i) => {
          const [l, k] = [i % width, Math.floor(i / width)];
          const at = inverse.place(l) * columns + k;
          const strength = area * strengths[(plane % channels) * width * columns + at];
          // A wave that is its own mirror image has no phase: the cosine says how much of it there is.
          out[plane * width * columns + at] = isOwnMirror(l, k, size)
            ? Math.acos(Math.min(1, Math.max(-1, strength === 0 ? 0 : re[i] / strength)))
            : Math.atan2(im[i], re[i]);
        });
      }
      return out;
    },
  };
}

/** What each wave is multiplied with, C×W×F, such that the values of a picture have the deviation wanted. */
function strengthsOf(
  { channels, height, width }: PictureSize,
  { place }: InverseFourier,
  given: Spectrum | undefined,
  deviation: number,
): Float32Array {
  const spectrum = given ?? (channels === 1 || channels === 3 ? photographSpectrum : undefined);
  if (spectrum !== undefined && spectrum.axes.length < channels) {
    throw new NoemaError("SPECTRUM_AXES", {
      where: "the spectrum",
      found: `it has ${spectrum.axes.length} axes`,
      needed: `one for each of ${channels} channels`,
    });
  }
  const columns = Math.floor(height / 2) + 1;
  const out = new Float32Array(channels * width * columns);
  let variance = 0;
  for (let c = 0; c < channels; c++) {
    for (let l = 0; l < width; l++) {
      for (let k = 0; k < columns; k++) {
        const across = (2 * l > width ? l - width : l) / width;
        const isEdge = k === 0 || 2 * k === height;
        const isMean = k === 0 && l === 0;
        // In the first and the last row a wave and its mirror image both stand: one of them is left out, else their phases
        // together would change how strong the wave is.
        if (isMean || (isEdge && 2 * l > width)) continue;
        const strength = spectrum ? magnitude(spectrum, c, across, k / height) : 1 / Math.hypot(across, k / height);
        const isAlone = isOwnMirror(l, k, { height, width });
        out[(c * width + place(l)) * columns + k] = isEdge && !isAlone ? 2 * strength : strength;
        variance += isAlone ? strength ** 2 : 2 * strength ** 2;
      }
    }
  }
  return variance === 0 ? out : out.map((v) => v * deviation * Math.sqrt(channels / variance));
}

function isOwnMirror(l: number, k: number, { height, width }: { height: number; width: number }): boolean {
  return (k === 0 || 2 * k === height) && (l === 0 || 2 * l === width);
}
