/** @file The state of a training: all that it needs to go on as if it had never stopped, in one file that is whole or not there. */
import { Tensor, type TrainingState } from "@noema/engine";
import { type DamagedState, readChunks, writeChunks } from "../store/state-chunks.js";
import type { Recipe } from "./recipe.js";

/** Figures of the pictures that are set apart, after an epoch. */
export interface EpochFigures {
  readonly epoch: number;
  readonly step: number;
  /** Means over the epoch's steps. */
  readonly training: Readonly<Record<string, number>>;
  /** Of pictures set apart; empty where there are none. */
  readonly held: Readonly<Record<string, number>>;
}

export interface SavedTraining {
  /** What decides the weights: a state of another recipe is not gone on with. */
  readonly recipe: Recipe;
  readonly state: TrainingState;
  readonly history: readonly EpochFigures[];
  /** Sums of the figures over the steps of the epoch that is under way. */
  readonly sums: Readonly<Record<string, number>>;
  /** Bytes of the log that belong to these steps. */
  readonly logBytes: number;
  /** Seconds of work so far. */
  readonly seconds: number;
  /** The best weights so far, where training may stop early. */
  readonly best?: { readonly epoch: number; readonly loss: number; readonly weights: Readonly<Record<string, Tensor>> };
}

const mark = "noema training 1\n";

/**
 * Reads a state; undefined where there is none.
 *
 * @throws NoemaError FILE_UNREADABLE
 */
export function readState(path: string): SavedTraining | DamagedState | undefined {
  const found = readChunks<Header>(path, mark);
  if (found === undefined || "damage" in found) return found;
  const { header, take } = found;
  const arraysOf = (entries: readonly Entry[]) =>
    Object.fromEntries(
      entries.map(({ name, dims }) => {
        const size = dims.reduce((a, b) => a * b, 1);
        return [name, Tensor.of("float32", dims, take(size))];
      }),
    );
  const arrays = arraysOf(header.arrays);
  const { step, best, arrays: _, bestArrays, ...others } = header;
  return {
    ...others,
    state: { step, arrays },
    ...(best && { best: { ...best, weights: arraysOf(bestArrays) } }),
  };
}

/** @throws NoemaError OUT_PATH where the disk refuses, such as a full one: what was saved before stays */
export async function writeState(path: string, { state, best, ...others }: SavedTraining): Promise<void> {
  const entries = (arrays: Readonly<Record<string, Tensor>>): Entry[] =>
    Object.entries(arrays).map(([name, { dims }]) => ({ name, dims }));
  const header: Header = {
    ...others,
    step: state.step,
    arrays: entries(state.arrays),
    bestArrays: entries(best?.weights ?? {}),
    ...(best && { best: { epoch: best.epoch, loss: best.loss } }),
  };
  const arrays = [...Object.values(state.arrays), ...Object.values(best?.weights ?? {})].map(({ bytes }) => bytes);
  await writeChunks(path, mark, { header, arrays });
}

interface Entry {
  readonly name: string;
  readonly dims: readonly number[];
}

interface Header extends Omit<SavedTraining, "state" | "best"> {
  readonly step: number;
  readonly arrays: readonly Entry[];
  readonly bestArrays: readonly Entry[];
  readonly best?: { readonly epoch: number; readonly loss: number };
}
