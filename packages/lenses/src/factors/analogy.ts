/** @file analogy: a is to b as c is to what? The differences of label and of latents, carried over to c. */
import { NoemaError } from "@noema/engine";
import type { View } from "../panel.js";
import type { Autoencoder } from "./autoencoder.js";
import { checked, checkRoom, countPictures, pictureLength } from "./checked.js";
import { decodeAll, likeliest, rowOf } from "./label-vectors.js";

export interface AnalogyOptions {
  /** Each N×C×H×W, 0..1. */
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly c: Float32Array;
  /** What the analogies are called. */
  readonly names?: readonly string[];
}

/**
 * Analogies by differences of codes (Reed et al. 2015, whose T is addition here): ŷ = ŷc + ŷb − ŷa, z = zc + zb − za. A row
 * per analogy: a, b, c, then c with the difference of labels alone, of latents alone, and of both.
 *
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_COUNT, FACTORS_MANY, FACTORS_MODEL
 */
export async function analogy(given: Autoencoder, { a, b, c, names }: AnalogyOptions): Promise<View> {
  const autoencoder = checked(given);
  const { picture, labels, latents } = autoencoder;
  const [count, ...others] = Object.entries({ a, b, c }).map(([what, one]) => countPictures(one, picture, what));
  if (others.some((other) => other !== count)) {
    throw new NoemaError("FACTORS_COUNT", {
      where: "analogy",
      found: `${[count, ...others].join(", ")} pictures as a, b and c`,
      needed: "there must be as many of each",
    });
  }
  checkRoom(6 * count, picture);
  const encoded = [await autoencoder.encode(a), await autoencoder.encode(b), await autoencoder.encode(c)];
  const reads = encoded.map((one) => likeliest(one, labels.length));
  const length = pictureLength(picture);
  const all = Array.from({ length: count }, (_, i) => i);
  const carried = await decodeAll(
    autoencoder,
    all.flatMap((i) => {
      const [fromLabel, toLabel, label] = encoded.map((one) => rowOf(one.labels, i, labels.length));
      const [fromLatent, toLatent, latent] = encoded.map((one) => rowOf(one.latents, i, latents));
      const newLabel = label.map((v, k) => v + toLabel[k] - fromLabel[k]);
      const newLatent = latent.map((v, k) => v + toLatent[k] - fromLatent[k]);
      return [
        { label: newLabel, latent },
        { label, latent: newLatent },
        { label: newLabel, latent: newLatent },
      ];
    }),
  );
  const cells = new Float32Array(6 * count * length);
  for (const i of all) {
    [a, b, c].forEach((one, k) => {
      cells.set(rowOf(one, i, length), (6 * i + k) * length);
    });
    cells.set(rowOf(carried, i, 3 * length), (6 * i + 3) * length);
  }
  const panel = {
    rows: all.map((i) => {
      const [ra, rb, rc] = reads.map((read) => labels[read[i]]);
      return { text: names?.[i] ?? `analogy ${i + 1}`, note: `${ra} is to ${rb} as ${rc} is to` };
    }),
    columns: [
      { text: "a" },
      { text: "b" },
      { text: "c" },
      { text: "c with b−a", note: "of the label" },
      { text: "c with b−a", note: "of the latents" },
      { text: "c with b−a", note: "of both" },
    ],
    pictures: cells,
  };
  return { picture, panels: [panel] };
}
