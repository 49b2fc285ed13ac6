/** @file judgeOf: the judge of one factor of a run, which has not seen its autoencoder, kept beside it. */
import { join } from "node:path";
import type { Terminal } from "../terminal/command.js";
import type { Place } from "./learn.js";
import type { OpenRun } from "./open-run.js";
import { type Judge, trainJudge } from "./train-judge.js";

/** A size that tells hundreds of drawn faces apart. */
const hidden = [32, 64, 128, 256];

const epochs = 12;

/**
 * Where persons are held out for the label, it is tested on them; of the persons themselves it has to know every one, so that it
 * is trained on other pictures of each.
 *
 * @returns undefined after Ctrl-C
 */
export async function judgeOf(
  factor: string,
  run: OpenRun,
  place: Pick<Place, "saveEvery" | "threads">,
  terminal: Terminal,
): Promise<Judge | undefined> {
  const { data, size, channels, most, maxUnreadable, testShare, heldOut, seed, dataSeed, splitSeed } = run.options;
  return trainJudge(
    {
      ...{ data, size, channels, most, maxUnreadable, testShare, heldOut, seed, label: factor },
      ...{ hidden, epochs, batch: 128 },
      // The same people, and the same of them set apart.
      dataSeed: dataSeed ?? seed,
      splitSeed: splitSeed ?? seed,
    },
    { ...place, folder: join(run.folder, "judges", factor) },
    terminal,
  );
}
