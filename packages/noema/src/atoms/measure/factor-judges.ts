/** @file factorJudges: classifiers of what is known of pictures, trained on pictures alone, kept beside the atoms that they judge. */
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { type Classifier, classifierHidden, openClassifier } from "@noema/lenses";
import type { ActivationsFile } from "../../store/activations-file.js";
import type { Terminal } from "../../terminal/command.js";
import { learn, type Place } from "../../training/learn.js";
import type { LearnOptions } from "../../training/learn-options.js";
import { readModelFile } from "../../training/open-run.js";
import type { AtomsFile } from "../atoms-file.js";

/** Enough for what is drawn; how sure a judge is on pictures that it has not seen is told beside what it says. */
const epochs = 3;

/** Its random numbers have nothing to do with those of the atoms. */
const seedOffset = 1000;

export interface FactorJudge {
  readonly name: string;
  /** Names of the values, as the classifier counts them. */
  readonly values: readonly string[];
  readonly classifier: Classifier;
  /** On pictures that it was not trained on, 0..1. */
  readonly accuracy: number;
  /** @param pictures M×C×H×W, 0..1 @returns M: indices of `values` */
  classes(pictures: Float32Array): Promise<Int32Array>;
}

export interface FactorJudgesOptions {
  readonly folder: string;
  readonly pictures: NonNullable<ActivationsFile["pictures"]>;
  readonly split: AtomsFile["split"];
  /** As the decoder draws them. */
  readonly picture: { readonly channels: number; readonly height: number; readonly width: number };
  readonly factors: readonly string[];
  readonly place: Pick<Place, "saveEvery" | "threads">;
}

/**
 * One after the other; those that are trained already are read.
 *
 * @returns undefined after Ctrl-C
 * @throws NoemaError ATOMS_JUDGE where the decoder draws what no classifier takes; what the data and the training refuse
 */
export async function factorJudges(
  { folder, pictures, split, picture, factors, place }: FactorJudgesOptions,
  terminal: Terminal,
): Promise<FactorJudge[] | undefined> {
  const { channels, height, width } = picture;
  if (channels !== 1 && channels !== 3) {
    throw new NoemaError("ATOMS_JUDGE", {
      where: "judges",
      found: `pictures of ${channels} channels`,
      needed: "1 or 3",
    });
  }
  const judges: FactorJudge[] = [];
  for (const factor of factors) {
    const options: LearnOptions = {
      ...{ task: "classifier", data: pictures.data, label: factor, size: { width, height }, channels },
      ...{ most: pictures.most, dataSeed: pictures.dataSeed, maxUnreadable: 1 },
      ...{ testShare: split.share, heldOut: split.heldOut, splitSeed: split.seed },
      ...{ network: "classifier", hidden: classifierHidden, pairs: false, alpha: 1, beta: 10, gamma: 10, zeta: 1 },
      ...{ epochs, batch: 64, rate: 1e-3, schedule: "cosine", optimizer: "adam", weights: "float32" },
      seed: split.seed + seedOffset,
    };
    terminal.warn(`The judge of ${factor}, an independent classifier:`);
    const own = join(folder, "judges", factor.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-"));
    const command = `noema train classifier --data ${pictures.data} --label ${factor}`;
    const file = await learn(options, { ...place, folder: own, restart: false, command }, terminal);
    if (file === undefined) {
      for (const { classifier } of judges) await classifier.dispose();
      return undefined;
    }
    const classifier = await openClassifier({ model: readModelFile(own, "classifier.onnx"), labels: file.labels });
    judges.push({
      ...{ name: factor, values: file.labels, classifier, accuracy: file.figures.accuracy },
      classes: (seen) => classifier.classes(seen),
    });
  }
  return judges;
}
