/** @file sweep: one label of a picture turned down and up, far past anything in the data, while its latents stay. */
import { NoemaError } from "@noema/engine";
import { type Panel, signed, spoken, type View } from "../panel.js";
import type { Autoencoder } from "./autoencoder.js";
import { checked, checkNumbers, checkRoom, countPictures, labelIndices, pictureLength } from "./checked.js";
import { type Code, decodeAll, likeliest, readingOf, rowOf } from "./label-vectors.js";

export interface SweepOptions {
  /** Names of the labels to turn. Default: all. */
  readonly labels?: readonly string[];
  /** What the label is set to, or what is added to it. Default −5, −4 … 5. */
  readonly values?: readonly number[];
  /**
   * What the value is written onto. `nothing`: all other labels are 0, so that 1 is what training showed the decoder and 0
   * is no label at all. `own`: the picture's own label, to which the value is added, so that 0 changes nothing.
   */
  readonly onto?: "nothing" | "own";
  /** What the pictures are called. */
  readonly names?: readonly string[];
}

export interface Sweep extends View {
  readonly values: readonly number[];
  readonly onto: "nothing" | "own";
}

/** −5, −4 … 5: the range of Cheung et al. 2014, figure 5. */
const usualValues: readonly number[] = Array.from({ length: 11 }, (_, i) => i - 5);

/**
 * The label sweep of Cheung et al. 2014: z = encoder(x) stays, ŷ becomes a label that no picture has. One panel per picture,
 * a row per label, a column per value.
 *
 * @param pictures N×C×H×W, 0..1
 * @throws NoemaError FACTORS_EMPTY, FACTORS_SHAPE, FACTORS_NUMBER, FACTORS_LABEL, FACTORS_MANY, FACTORS_MODEL
 */
export async function sweep(given: Autoencoder, pictures: Float32Array, options: SweepOptions = {}): Promise<Sweep> {
  const { values = usualValues, onto = "nothing", names } = options;
  const autoencoder = checked(given);
  const { picture, labels, latents } = autoencoder;
  const turned = labelIndices(options.labels, labels);
  if (values.length === 0) throw new NoemaError("FACTORS_EMPTY", { where: "values", found: "there are none" });
  checkNumbers("values", values);
  const count = countPictures(pictures, picture);
  const each = turned.length * values.length;
  checkRoom(count * (each + 1), picture);
  const encoded = await autoencoder.encode(pictures);
  const read = likeliest(encoded, labels.length);
  const length = pictureLength(picture);
  const inside = values.flatMap((value, k) => (value >= 0 && value <= 1 ? [k] : []));
  // Only of values in order is there one stretch of columns.
  const ordered = values.every((value, k) => k === 0 || value > values[k - 1]);
  const seen = { first: inside[0], last: inside.at(-1)! };
  const panels: Panel[] = [];
  for (let i = 0; i < count; i++) {
    const own = { label: rowOf(encoded.labels, i, labels.length), latent: rowOf(encoded.latents, i, latents) };
    const codes = turned.flatMap((index) =>
      values.map((value): Code => {
        const label = onto === "own" ? own.label.slice() : new Float32Array(labels.length);
        label[index] += value;
        return { label, latent: own.latent };
      }),
    );
    const decoded = await decodeAll(autoencoder, [own, ...codes]);
    panels.push({
      heading: readingOf(names, i, labels[read[i]]),
      from: [
        { text: "picture", picture: rowOf(pictures, i, length).slice() },
        { text: "rebuilt", picture: decoded.subarray(0, length) },
      ],
      axes: { down: "label", along: onto === "own" ? "added to its own label" : "value of the label, others 0" },
      rows: turned.map((index) => ({ text: labels[index] })),
      columns: values.map((value) => ({ text: onto === "own" ? signed(value) : spoken(value) })),
      ...(onto === "nothing" && ordered && inside.length > 0 ? { seen } : {}),
      pictures: decoded.subarray(length),
    });
  }
  return { picture, panels, values, onto };
}

/**
 * Values evenly from one to another, such as the frames of an animation.
 *
 * @throws NoemaError FACTORS_RANGE
 */
export function evenValues(from: number, to: number, count: number): number[] {
  if (![from, to].every(Number.isFinite) || from === to || !Number.isInteger(count) || count < 2 || count > 10_000) {
    throw new NoemaError("FACTORS_RANGE", {
      where: "values",
      found: `${count} values from ${from} to ${to}`,
      needed: "2 to 10000 values between two different numbers are wanted",
    });
  }
  // By halves from both ends: the ends, and 0 in the middle of a symmetric range, are exact.
  return Array.from({ length: count }, (_, i) => (from * (count - 1 - i) + to * i) / (count - 1));
}
