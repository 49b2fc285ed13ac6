/** @file transfer: every label put onto a picture, whose latents stay. */

import type { View } from "../panel.js";
import type { Autoencoder } from "./autoencoder.js";
import { checked, checkNumbers, checkRoom, countPictures, labelIndices, pictureLength } from "./checked.js";
import { decodeAll, labelVector, likeliest, readingOf, rowOf } from "./label-vectors.js";

export interface TransferOptions {
  /** Names of the labels to put on. Default: all. */
  readonly labels?: readonly string[];
  /** What the label is set to; the others are 0. Default 1, as in training. */
  readonly strength?: number;
  /** What the pictures are called. */
  readonly names?: readonly string[];
}

/**
 * Every expression onto a person (Cheung et al. 2014, figure 4). A row per picture: rebuilt as it is, then with each label;
 * the cells of its own label are marked.
 *
 * @param pictures N×C×H×W, 0..1
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_LABEL, FACTORS_MANY, FACTORS_MODEL
 */
export async function transfer(
  given: Autoencoder,
  pictures: Float32Array,
  options: TransferOptions = {},
): Promise<View> {
  const { strength = 1, names } = options;
  const autoencoder = checked(given);
  const { picture, labels, latents } = autoencoder;
  const put = labelIndices(options.labels, labels);
  checkNumbers("strength", [strength]);
  const count = countPictures(pictures, picture);
  checkRoom(count * (put.length + 1), picture);
  const encoded = await autoencoder.encode(pictures);
  const read = likeliest(encoded, labels.length);
  const length = pictureLength(picture);
  const all = Array.from({ length: count }, (_, i) => i);
  const decoded = await decodeAll(
    autoencoder,
    all.flatMap((i) => {
      const latent = rowOf(encoded.latents, i, latents);
      const own = { label: rowOf(encoded.labels, i, labels.length), latent };
      return [own, ...put.map((index) => ({ label: labelVector(index, labels.length, strength), latent }))];
    }),
  );
  const panel = {
    axes: { down: "picture", along: "label put on" },
    rows: all.map((i) => ({
      ...readingOf(names, i, labels[read[i]]),
      picture: rowOf(pictures, i, length).slice(),
    })),
    columns: [{ text: "rebuilt" }, ...put.map((index) => ({ text: labels[index] }))],
    pictures: decoded,
    marked: all.flatMap((i) => {
      const at = put.indexOf(read[i]);
      return at < 0 ? [] : [i * (put.length + 1) + 1 + at];
    }),
  };
  return { picture, panels: [panel] };
}
