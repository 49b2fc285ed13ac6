/** @file The state of a dictionary that is being learned, in one file that is whole or not there. */
import type { LearningState } from "@noema/lenses";
import { type DamagedState, readChunks, writeChunks } from "../store/state-chunks.js";
import type { StoreRecipe } from "../store/store-recipe.js";

/** What one step came to. */
export interface LearningPoint {
  readonly step: number;
  readonly error: number;
  /** Null where a batch does not vary. */
  readonly explained: number | null;
  readonly used: number;
  readonly replaced: number;
}

export interface SavedLearning {
  /** What decides the atoms: a state of another recipe is not gone on with. */
  readonly recipe: StoreRecipe;
  readonly history: readonly LearningPoint[];
  readonly state: LearningState;
}

interface Header extends Omit<SavedLearning, "state"> {
  readonly learner: string;
  readonly step: number;
  readonly count: number;
  readonly length: number;
  readonly nonNegative: boolean;
  /** Names and lengths of what follows the atoms and the mean. */
  readonly arrays: readonly (readonly [name: string, length: number])[];
}

const mark = "noema atoms 1\n";

/**
 * Reads a state; undefined where there is none.
 *
 * @throws NoemaError FILE_UNREADABLE
 */
export function readLearning(path: string): SavedLearning | DamagedState | undefined {
  const found = readChunks<Header>(path, mark);
  if (found === undefined || "damage" in found) return found;
  const { header, take } = found;
  const { recipe, history, learner, step, count, length, nonNegative } = header;
  const [atoms, mean] = [take(count * length), take(length)];
  const arrays = Object.fromEntries(header.arrays.map(([name, size]) => [name, take(size)]));
  return {
    ...{ recipe, history },
    state: { learner, step, dictionary: { count, length, atoms, mean, nonNegative }, arrays },
  };
}

/** @throws NoemaError OUT_PATH where the disk refuses: what was saved before stays */
export async function writeLearning(path: string, { recipe, history, state }: SavedLearning): Promise<void> {
  const { learner, step, dictionary, arrays } = state;
  const { count, length, nonNegative } = dictionary;
  const header: Header = {
    ...{ recipe, history, learner, step, count, length, nonNegative },
    arrays: Object.entries(arrays).map(([name, own]) => [name, own.length] as const),
  };
  const all = [dictionary.atoms, dictionary.mean, ...Object.values(arrays)];
  const bytes = all.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  await writeChunks(path, mark, { header, arrays: bytes });
}
