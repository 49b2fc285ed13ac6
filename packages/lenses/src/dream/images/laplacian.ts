/** @file laplacian: a sum of pictures, each half the size of the one before: coarse shapes move as one. */
import { build } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import { noise } from "../noise.js";
import { averagedPlane, enlarged, enlargedPlane, type PlaneSize } from "../resample.js";
import { defineImage, type Image } from "./image.js";

export interface LaplacianOptions {
  /** How many sizes are summed. Default 4 (Lucid's laplacian_pyramid_image, param/spatial.py). */
  readonly levels?: number;
  /** Standard deviation of the starting noise of each. Default 0.01 (Lucid). */
  readonly deviation?: number;
}

export const laplacian = defineImage<LaplacianOptions>({
  name: "laplacian",
  summary: "a sum of pictures of halving size (Laplacian pyramid)",
  numbers: { levels: { least: 1, most: 12, isWhole: true }, deviation: { least: 0, most: 100 } },
  create: (size, options = {}) => laplacianImage(size, options),
});

/** Parameters are N×P: the levels of a picture one after the other, the finest first. */
function laplacianImage(size: PictureSize, { levels = 4, deviation = 0.01 }: LaplacianOptions): Image {
  const { batch, channels, height, width } = size;
  const sizes: PlaneSize[] = Array.from({ length: levels }, (_, n) => ({
    height: Math.max(1, Math.floor(height / 2 ** n)),
    width: Math.max(1, Math.floor(width / 2 ** n)),
  }));
  const counts = sizes.map((level) => channels * level.height * level.width);
  const shape = [batch, counts.reduce((a, b) => a + b)];
  return {
    shape,
    initial: (randoms) => noise(randoms, shape, deviation),
    values: (parameters) =>
      build
        .split(parameters, counts, 1)
        .map((level, n) => enlarged(build.reshape(level, [batch, channels, sizes[n].height, sizes[n].width]), size))
        .reduce(build.add),
    fit: (values) => {
      const out = new Float32Array(batch * shape[1]);
      const starts = counts.map((_, n) => counts.slice(0, n).reduce((a, b) => a + b, 0));
      for (let plane = 0; plane < batch * channels; plane++) {
        let rest = values.slice(plane * height * width, (plane + 1) * height * width);
        // The coarse levels take what they can; the finest takes the rest.
        for (let n = levels - 1; n >= 0; n--) {
          const level = averagedPlane(rest, size, sizes[n]);
          const [picture, channel] = [Math.floor(plane / channels), plane % channels];
          out.set(level, picture * shape[1] + starts[n] + channel * level.length);
          const drawn = enlargedPlane(level, sizes[n], size);
          rest = rest.map((v, i) => v - drawn[i]);
        }
      }
      return out;
    },
  };
}
