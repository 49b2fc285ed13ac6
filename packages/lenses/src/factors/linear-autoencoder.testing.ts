/** @file An autoencoder whose answers are known: the first pixels are the label, those after them the latents. */
import type { Autoencoder, PictureShape } from "./autoencoder.js";

/** Pictures of one more pixel than it needs, which it forgets. */
export function linearAutoencoder(labels: readonly string[], latents: number, height = 1): Autoencoder {
  const picture: PictureShape = { channels: 1, height, width: Math.ceil((labels.length + latents + 1) / height) };
  const length = height * picture.width;
  const copied = (
    rows: number,
    [from, at, fromWidth]: [Float32Array, number, number],
    [to, width]: [number, number],
  ) => {
    const out = new Float32Array(rows * to);
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < width; i++) out[row * to + i] = from[row * fromWidth + at + i];
    }
    return out;
  };
  return {
    ...{ picture, labels, latents },
    async encode(pictures) {
      const rows = pictures.length / length;
      return {
        labels: copied(rows, [pictures, 0, length], [labels.length, labels.length]),
        latents: copied(rows, [pictures, labels.length, length], [latents, latents]),
      };
    },
    async decode(ys, zs) {
      const rows = ys.length / labels.length;
      const pictures = copied(rows, [ys, 0, labels.length], [length, labels.length]);
      for (let row = 0; row < rows; row++) {
        pictures.set(zs.subarray(row * latents, (row + 1) * latents), row * length + labels.length);
      }
      return pictures;
    },
  };
}
