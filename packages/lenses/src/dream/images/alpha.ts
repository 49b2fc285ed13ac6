/** @file alpha: another kind of image, and how opaque it is at each place: what the objective does not need goes away. */
import { build } from "@noema/engine";
import type { PictureSize } from "../../preprocessing.js";
import { fourier } from "./fourier.js";
import { defineImage, type Image } from "./image.js";

export interface AlphaOptions {
  /** The image that is made transparent. Default: fourier. */
  readonly of?: (size: PictureSize) => Image;
}

export const alpha = defineImage<AlphaOptions>({
  name: "alpha",
  summary: "a Fourier image with an opacity at each place; subtract the objective opacity",
  create: (size, { of = fourier.create } = {}) => alphaImage(size, of(size)),
});

/** Parameters are one row: those of the image, then the Fourier coefficients of the opacities. */
function alphaImage(size: PictureSize, image: Image): Image {
  const opacity = fourier.create({ ...size, channels: 1 });
  const counts = [image, opacity].map(({ shape }) => shape.reduce((a, b) => a * b));
  const plane = size.height * size.width;
  /** Ascent moves all parameters alike: where the image wants another rate, the opacities are to keep theirs. */
  const pace = 0.05 / (image.rate ?? 0.05);
  const joined = (colours: Float32Array, opacities: Float32Array) => {
    const out = new Float32Array(counts[0] + counts[1]);
    out.set(colours);
    out.set(
      opacities.map((v) => v / pace),
      counts[0],
    );
    return out;
  };
  const { fit } = image;
  return {
    shape: [counts[0] + counts[1]],
    transparent: true,
    ...(image.rate !== undefined && { rate: image.rate }),
    initial: (randoms) => joined(image.initial(randoms), opacity.initial(randoms)),
    values: (parameters) => {
      const [colours, opacities] = build.split(parameters, counts, 0);
      const own = build.reshape(opacities, opacity.shape);
      return build.concat(
        [image.values(build.reshape(colours, image.shape)), opacity.values(pace === 1 ? own : build.mul(own, pace))],
        1,
      );
    },
    // A photograph starts as opaque as a random picture does: half.
    ...(fit && { fit: (values) => joined(fit(values), new Float32Array(size.batch * plane)) }),
  };
}
