/** @file Judges: classifiers trained on the data of a run without ever seeing its autoencoder, kept beside it. */
import { join } from "node:path";
import { type Classifier, openClassifier } from "@noema/lenses";
import type { Terminal } from "../terminal/command.js";
import { learn, type Place } from "./learn.js";
import type { LearnOptions } from "./learn-options.js";
import { type OpenRun, readModelFile } from "./open-run.js";

/** A size that tells hundreds of drawn faces apart. */
const hidden = [32, 64, 128, 256];

const epochs = 12;

/** Their random numbers have nothing to do with those of the autoencoder. */
const seedOffset = 1000;

export interface Judge {
  readonly classifier: Classifier;
  /** On pictures that it was not trained on, 0..1. */
  readonly accuracy: number;
}

/**
 * A judge of one factor. Where persons are held out for the label, it is tested on them; of the persons themselves it has to know
 * every one, so that it is trained on other pictures of each.
 *
 * @returns undefined after Ctrl-C
 */
export async function judgeOf(
  factor: string,
  run: OpenRun,
  place: Pick<Place, "saveEvery" | "threads">,
  terminal: Terminal,
): Promise<Judge | undefined> {
  const folder = join(run.folder, "judges", factor);
  const { data, size, channels, most, maxUnreadable, testShare, heldOut } = run.options;
  const options: LearnOptions = {
    ...{ data, size, channels, most, maxUnreadable, testShare, heldOut },
    task: "classifier",
    label: factor,
    network: "classifier",
    hidden,
    pairs: false,
    ...{ alpha: 1, beta: 10, gamma: 10, zeta: 1 },
    epochs,
    batch: 128,
    rate: 1e-3,
    schedule: "cosine",
    optimizer: "adam",
    weights: "float32",
    seed: run.options.seed + seedOffset,
    // The same people, and the same of them set apart.
    dataSeed: run.options.dataSeed ?? run.options.seed,
    splitSeed: run.options.splitSeed ?? run.options.seed,
  };
  terminal.warn(`The judge of ${factor}, an independent classifier:`);
  const command = `noema train classifier --data ${data} --label ${factor}`;
  const file = await learn(options, { ...place, folder, restart: false, command }, terminal);
  if (file === undefined) return undefined;
  const classifier = await openClassifier({ model: readModelFile(folder, "classifier.onnx"), labels: file.labels });
  return { classifier, accuracy: file.figures.accuracy };
}
