/**
 * @file shared: pictures of a batch that share what is coarse and differ in what is fine, so that they line up (Mordvintsev,
 * Pezzotti, Schubert, Olah 2018, "Differentiable Image Parameterizations", aligned interpolation).
 */
import { build } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import { noise } from "../noise.js";
import { averagedPlane, enlarged, enlargedPlane } from "../resample.js";
import { type FourierOptions, fourier } from "./fourier.js";
import { defineImage, type Image } from "./image.js";

export const shared = defineImage<FourierOptions>({
  name: "shared",
  summary: "pictures of a batch share their coarse parts and line up",
  numbers: { deviation: { least: 0, most: 100 }, decay: { least: -4, most: 8 } },
  create: (size, options = {}) => sharedImage(size, options),
});

/** How many times smaller the shared parts are (Lucid's notebook on aligned interpolation). */
const factors = [2, 4, 8, 16];

/** Parameters are one row: the Fourier coefficients of each picture, then the shared parts, the finest first. */
function sharedImage(size: PictureSize, options: FourierOptions): Image {
  const { batch, channels, height, width } = size;
  const own = fourier.create(size, options);
  const ownCount = own.shape.reduce((a, b) => a * b);
  const sizes = factors.map((factor) => ({
    height: Math.max(1, Math.floor(height / factor)),
    width: Math.max(1, Math.floor(width / factor)),
  }));
  const counts = sizes.map((part) => channels * part.height * part.width);
  const sharedCount = counts.reduce((a, b) => a + b);
  return {
    shape: [ownCount + sharedCount],
    initial: (randoms) => {
      const each = own.initial(randoms);
      return concatenated(each, noise([randoms[0]], [1, sharedCount], options.deviation ?? 0.01));
    },
    values: (parameters) => {
      const [coefficients, ...parts] = build.split(parameters, [ownCount, ...counts], 0);
      const common = parts
        .map((part, i) => enlarged(build.reshape(part, [1, channels, sizes[i].height, sizes[i].width]), size))
        .reduce(build.add);
      return build.add(own.values(build.reshape(coefficients, own.shape)), common);
    },
    fit: (values) => {
      const rest = values.slice();
      const parts: Float32Array[] = [];
      const plane = height * width;
      for (let n = sizes.length - 1; n >= 0; n--) {
        const channelsOf = Array.from({ length: channels }, (_, c) => {
          const mean = new Float32Array(plane);
          for (let i = 0; i < batch; i++) {
            const at = (i * channels + c) * plane;
            for (let k = 0; k < plane; k++) mean[k] += rest[at + k] / batch;
          }
          const part = averagedPlane(mean, size, sizes[n]);
          const drawn = enlargedPlane(part, sizes[n], size);
          for (let i = 0; i < batch; i++) {
            const at = (i * channels + c) * plane;
            for (let k = 0; k < plane; k++) rest[at + k] -= drawn[k];
          }
          return part;
        });
        parts[n] = concatenated(...channelsOf);
      }
      return concatenated(own.fit!(rest), ...parts);
    },
  };
}

function concatenated(...arrays: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    out.set(array, at);
    at += array.length;
  }
  return out;
}
