/** @file factorJudges: classifiers of what is known of pictures, trained on pictures alone, kept beside the atoms that they judge. */
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { classifierHidden } from "@noema/lenses";
import type { ActivationsFile } from "../../store/activations-file.js";
import type { Terminal } from "../../terminal/command.js";
import type { Place } from "../../training/learn.js";
import { type Judge, trainJudge } from "../../training/train-judge.js";
import type { AtomsFile } from "../atoms-file.js";

/** Enough for what is drawn; how sure a judge is on pictures that it has not seen is told beside what it says. */
const epochs = 3;

export interface FactorJudge extends Judge {
  readonly name: string;
  /** Names of the values, as the classifier counts them. */
  readonly values: readonly string[];
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
    const judge = await trainJudge(
      {
        ...{ data: pictures.data, most: pictures.most, dataSeed: pictures.dataSeed, maxUnreadable: 1 },
        ...{ size: { width, height }, channels, label: factor },
        ...{ testShare: split.share, heldOut: split.heldOut, seed: split.seed, splitSeed: split.seed },
        ...{ hidden: classifierHidden, epochs, batch: 64 },
      },
      { ...place, folder: join(folder, "judges", factor.replaceAll(/[^\p{L}\p{N}_-]+/gu, "-")) },
      terminal,
    );
    if (judge === undefined) {
      for (const { classifier } of judges) await classifier.dispose();
      return undefined;
    }
    const { classifier } = judge;
    judges.push({ ...judge, name: factor, values: classifier.labels, classes: (seen) => classifier.classes(seen) });
  }
  return judges;
}
