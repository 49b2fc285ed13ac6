/** @file sweepResponse: whether a judge sees a label grow as it is turned up, and the person stay where it leaves the data's range. */
import { largest } from "../nets/largest.js";
import type { Classifier } from "../nets/open-classifier.js";
import type { Autoencoder } from "./autoencoder.js";

export interface SweepResponseOptions {
  readonly autoencoder: Autoencoder;
  /** N×C×H×W, 0..1. */
  readonly pictures: Float32Array;
  /** N: who is in each picture, as the second judge numbers them. */
  readonly kept: ArrayLike<number>;
  readonly labelJudge: Classifier;
  readonly keptJudge: Classifier;
  /** Rising. Default −5, −4, … 5 and the halves between −1 and 1. */
  readonly values?: readonly number[];
}

export interface SweepResponse {
  readonly values: readonly number[];
  /** L×V: the judge's mean logit for the swept label. */
  readonly logits: readonly (readonly number[])[];
  /** V: the share of sweeps in which the second judge names the person. */
  readonly kept: readonly number[];
  /** The share of sweeps (a picture and a label) whose logit is higher at 1 than at −1. */
  readonly rises: number;
  /** The share whose logit grows at every value from −1 to 1. */
  readonly risesThroughout: number;
  /** The share of pictures for which it rises from −1 to 1 with every label. */
  readonly risesForAll: number;
}

const usualValues = [-5, -4, -3, -2, -1, -0.5, 0, 0.5, 1, 2, 3, 4, 5];

/** Latents are kept; the label is the swept one alone, all others 0. */
export async function sweepResponse(options: SweepResponseOptions): Promise<SweepResponse> {
  const { autoencoder, pictures, kept, labelJudge, keptJudge, values = usualValues } = options;
  const { latents } = await autoencoder.encode(pictures);
  const size = autoencoder.labels.length;
  const count = kept.length;
  const seen = new Float64Array(size * values.length * count);
  const stays = new Float64Array(values.length);
  for (let label = 0; label < size; label++) {
    const column = labelJudge.labels.indexOf(autoencoder.labels[label]);
    for (const [v, value] of values.entries()) {
      const labels = new Float32Array(count * size);
      for (let i = 0; i < count; i++) labels[i * size + label] = value;
      const drawn = (await autoencoder.decode(labels, latents)).map((one) => Math.min(1, Math.max(0, one)));
      const logits = await labelJudge.logits(drawn);
      for (let i = 0; i < count; i++)
        seen[(label * values.length + v) * count + i] = logits[i * labelJudge.labels.length + column];
      const who = largest(await keptJudge.logits(drawn), keptJudge.labels.length);
      stays[v] += who.filter((one, i) => one === kept[i]).length / (count * size);
    }
  }
  const at = (label: number, v: number, i: number) => seen[(label * values.length + v) * count + i];
  const inner = values.flatMap((value, v) => (value >= -1 && value <= 1 ? [v] : []));
  let [rises, throughout, forAll] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    let all = true;
    for (let label = 0; label < size; label++) {
      const climbs = at(label, inner[inner.length - 1], i) > at(label, inner[0], i);
      if (climbs) rises++;
      else all = false;
      if (inner.slice(1).every((v, k) => at(label, v, i) > at(label, inner[k], i))) throughout++;
    }
    if (all) forAll++;
  }
  return {
    values,
    logits: Array.from({ length: size }, (_, label) =>
      values.map((_, v) => Array.from({ length: count }, (_, i) => at(label, v, i)).reduce((a, b) => a + b, 0) / count),
    ),
    kept: [...stays],
    rises: rises / (count * size),
    risesThroughout: throughout / (count * size),
    risesForAll: forAll / count,
  };
}
