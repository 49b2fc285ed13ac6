/** @file average: the mean picture of each label's data beside what the decoder makes of their mean latents. */
import { NoemaError } from "@noema/engine";
import type { View } from "../panel.js";
import type { Autoencoder } from "./autoencoder.js";
import { checked, countPictures, pictureLength } from "./checked.js";
import { type Code, decodeAll, labelVector, rowOf } from "./label-vectors.js";

export interface AverageOptions {
  /** N: which label each picture has, 0 … L − 1. */
  readonly of: ArrayLike<number>;
}

export interface Average extends View {
  /** Labels without a picture: there is nothing to average. */
  readonly absent: readonly string[];
}

/**
 * A column per label. The mean of the data blurs whatever varies; the decoder draws one picture in the middle of it. The
 * last row has the mean latents of all pictures: where latents hold nothing of the label, it is as the row above it.
 *
 * @param pictures N×C×H×W, 0..1
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_COUNT, FACTORS_MODEL
 */
export async function average(given: Autoencoder, pictures: Float32Array, { of }: AverageOptions): Promise<Average> {
  const autoencoder = checked(given);
  const { picture, labels, latents } = autoencoder;
  const count = countPictures(pictures, picture);
  checkLabelsOf(of, count, labels.length);
  const encoded = await autoencoder.encode(pictures);
  const length = pictureLength(picture);
  const means = labels.map((_, label) => ({
    picture: meanOf(pictures, length, (row) => of[row] === label),
    latent: meanOf(encoded.latents, latents, (row) => of[row] === label),
  }));
  const overall = meanOf(encoded.latents, latents, () => true).mean;
  const shown = [...labels.keys()].filter((label) => means[label].picture.count > 0);
  const oneHot = (label: number, latent: Float32Array): Code => ({ label: labelVector(label, labels.length), latent });
  const decoded = await decodeAll(autoencoder, [
    ...shown.map((label) => oneHot(label, means[label].latent.mean)),
    ...shown.map((label) => oneHot(label, overall)),
  ]);
  const cells = new Float32Array(3 * shown.length * length);
  shown.forEach((label, i) => {
    cells.set(means[label].picture.mean, i * length);
  });
  cells.set(decoded, shown.length * length);
  const panel = {
    axes: { along: "label" },
    rows: [
      { text: "mean of the data" },
      { text: "decoded", note: "mean latents of the label" },
      { text: "decoded", note: "mean latents of all" },
    ],
    columns: shown.map((label) => ({ text: labels[label], note: `${means[label].picture.count}` })),
    pictures: cells,
  };
  return { picture, panels: [panel], absent: labels.filter((_, label) => !shown.includes(label)) };
}

function checkLabelsOf(of: ArrayLike<number>, count: number, labels: number): void {
  if (of.length !== count) {
    throw new NoemaError("FACTORS_COUNT", {
      where: "labels",
      found: `${of.length} labels of ${count} pictures`,
      needed: "there must be as many",
    });
  }
  for (let i = 0; i < count; i++) {
    if (Number.isInteger(of[i]) && of[i] >= 0 && of[i] < labels) continue;
    throw new NoemaError("FACTORS_LABEL", {
      where: `label of picture ${i + 1}`,
      found: `${of[i]}`,
      needed: `it must be 0 to ${labels - 1}`,
    });
  }
}

function meanOf(data: Float32Array, width: number, counts: (row: number) => boolean) {
  const sum = new Float64Array(width);
  let count = 0;
  for (let row = 0; row < data.length / width; row++) {
    if (!counts(row)) continue;
    count++;
    const own = rowOf(data, row, width);
    for (let i = 0; i < width; i++) sum[i] += own[i];
  }
  return { mean: Float32Array.from(sum, (v) => v / Math.max(1, count)), count };
}
