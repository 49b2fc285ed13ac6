/** @file transferSuccess: whether a label put onto a picture shows, and the rest stays, as classifiers that know neither say. */
import { NoemaError } from "@noema/engine";
import { largest } from "../nets/largest.js";
import type { Classifier } from "../nets/open-classifier.js";
import type { Autoencoder } from "./autoencoder.js";

export interface TransferSuccessOptions {
  readonly autoencoder: Autoencoder;
  /** N×C×H×W, 0..1. */
  readonly pictures: Float32Array;
  /** N: the label of each, as the autoencoder numbers them. */
  readonly labels: ArrayLike<number>;
  /** N: who is in each picture, as the second judge numbers them. */
  readonly kept: ArrayLike<number>;
  /** Trained on pictures alone, for the label. */
  readonly labelJudge: Classifier;
  /** Trained on pictures alone, for what has to stay: the person. */
  readonly keptJudge: Classifier;
}

/** Shares, 0 … 1. */
export interface TransferSuccess {
  /** The judges on the pictures themselves. */
  readonly pictures: Judged;
  /** On what is decoded from the encoder's own label and latents. */
  readonly rebuilt: Judged;
  /** On every picture with each of the other labels put onto it. */
  readonly transferred: Judged;
  /** The same by the label that was put on: L. */
  readonly byLabel: readonly Judged[];
  /** How many were judged with a label put onto them. */
  readonly count: number;
}

export interface Judged {
  /** Of how many the first judge names the label that is asked for. */
  readonly label: number;
  /** Of how many the second judge names who was there before. */
  readonly kept: number;
  /** Of how many both. */
  readonly both: number;
}

/** Both judges on every picture with every label but its own. @throws NoemaError TRANSFER_SUCCESS where judges and pictures do not fit */
export async function transferSuccess(options: TransferSuccessOptions): Promise<TransferSuccess> {
  const { autoencoder, pictures, labels } = options;
  check(options);
  const count = labels.length;
  const size = autoencoder.labels.length;
  const judge = new Judges(options);
  const { labels: own, latents } = await autoencoder.encode(pictures);
  const itself = await judge.judge(pictures, (i) => labels[i]);
  const rebuilt = await judge.judge(await autoencoder.decode(own, latents), (i) => labels[i]);
  const byLabel: Verdicts[] = [];
  for (let label = 0; label < size; label++) {
    const wanted = new Float32Array(count * size);
    for (let i = 0; i < count; i++) wanted[i * size + label] = 1;
    const verdicts = await judge.judge(await autoencoder.decode(wanted, latents), () => label);
    byLabel.push(verdicts.filter((_, i) => labels[i] !== label));
  }
  const all = byLabel.flat();
  return {
    pictures: share(itself),
    rebuilt: share(rebuilt),
    transferred: share(all),
    byLabel: byLabel.map(share),
    count: all.length,
  };
}

type Verdicts = readonly { readonly label: boolean; readonly kept: boolean }[];

class Judges {
  readonly #options: TransferSuccessOptions;

  constructor(options: TransferSuccessOptions) {
    this.#options = options;
  }

  /** What judges see is a picture: 0..1. */
  async judge(pictures: Float32Array, wanted: (i: number) => number): Promise<Verdicts> {
    const { labelJudge, keptJudge, kept, autoencoder } = this.#options;
    const clipped = pictures.map((value) => Math.min(1, Math.max(0, value)));
    const said = largest(await labelJudge.logits(clipped), labelJudge.labels.length);
    const who = largest(await keptJudge.logits(clipped), keptJudge.labels.length);
    return Array.from(said, (answer, i) => ({
      label: labelJudge.labels[answer] === autoencoder.labels[wanted(i)],
      kept: who[i] === kept[i],
    }));
  }
}

function share(verdicts: Verdicts): Judged {
  const of = (is: (one: Verdicts[number]) => boolean) => verdicts.filter(is).length / Math.max(1, verdicts.length);
  return { label: of((one) => one.label), kept: of((one) => one.kept), both: of((one) => one.label && one.kept) };
}

function check({ autoencoder, pictures, labels, kept, labelJudge, keptJudge }: TransferSuccessOptions): void {
  const refuse = (where: string, found: string, needed: string) =>
    new NoemaError("TRANSFER_SUCCESS", { where, found, needed });
  const { channels, height, width } = autoencoder.picture;
  const size = channels * height * width;
  if (labels.length === 0 || labels.length !== kept.length || pictures.length !== labels.length * size) {
    throw refuse(
      "pictures to be judged",
      `${pictures.length / size} pictures, ${labels.length} labels, ${kept.length} persons`,
      "as many of each, and at least one",
    );
  }
  for (const [name, judge] of [
    ["the judge of labels", labelJudge],
    ["the judge of persons", keptJudge],
  ] as const) {
    const sides = [judge.picture.channels, judge.picture.height, judge.picture.width].join("×");
    if (sides !== [channels, height, width].join("×")) {
      throw refuse(name, `it sees pictures of ${sides}`, `these are ${channels}×${height}×${width}`);
    }
  }
  const missing = autoencoder.labels.find((label) => !labelJudge.labels.includes(label));
  if (missing !== undefined)
    throw refuse(
      "the judge of labels",
      `it does not know "${missing}"`,
      `it must know ${autoencoder.labels.join(", ")}`,
    );
}
