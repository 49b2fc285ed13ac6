/** @file trainJudge: a classifier trained on pictures alone, never on what it judges, kept beside it. */
import { type Classifier, openClassifier } from "@noema/lenses";
import type { Terminal } from "../terminal/command.js";
import { learn, type Place } from "./learn.js";
import type { LearnOptions } from "./learn-options.js";
import { readModelFile } from "./open-run.js";

/** Its random numbers have nothing to do with those of what it judges. */
const seedOffset = 1000;

export interface Judge {
  readonly classifier: Classifier;
  /** On pictures that it was not trained on, 0..1. */
  readonly accuracy: number;
}

type OfPictures = "data" | "size" | "channels" | "most" | "maxUnreadable" | "testShare" | "heldOut";

export interface JudgeOptions extends Pick<LearnOptions, OfPictures | "dataSeed" | "splitSeed"> {
  /** The factor that it tells. */
  readonly label: string;
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly batch: number;
  /** The seed of what it judges. */
  readonly seed: number;
}

/**
 * One that is trained already is read.
 *
 * @returns undefined after Ctrl-C: what it learned is kept in the folder
 */
export async function trainJudge(
  { label, seed, ...given }: JudgeOptions,
  place: Pick<Place, "folder" | "saveEvery" | "threads">,
  terminal: Terminal,
): Promise<Judge | undefined> {
  const options: LearnOptions = {
    ...given,
    ...{ task: "classifier", label, network: "classifier", pairs: false, alpha: 1, beta: 10, gamma: 10, zeta: 1 },
    ...{ rate: 1e-3, schedule: "cosine", optimizer: "adam", weights: "float32" },
    seed: seed + seedOffset,
  };
  terminal.warn(`The judge of ${label}, an independent classifier:`);
  const command = `noema train classifier --data ${given.data} --label ${label}`;
  const file = await learn(options, { ...place, restart: false, command }, terminal);
  if (file === undefined) return undefined;
  const model = readModelFile(place.folder, "classifier.onnx");
  return { classifier: await openClassifier({ model, labels: file.labels }), accuracy: file.figures.accuracy };
}
