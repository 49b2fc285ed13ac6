/** @file Early stopping: a training that no longer gets better ends. */
import { NoemaError } from "../graph/error.js";

export interface EarlyStoppingOptions {
  /** After so many looks in a row without improvement it is over: a whole number of at least 1. */
  readonly patience: number;
  /** By how much at least a figure must be better than the best so far to count. Default 0: by anything. */
  readonly leastImprovement?: number;
  /** Which figures are better: `"lower"` for losses, `"higher"` for accuracies. Default `"lower"`. */
  readonly better?: "lower" | "higher";
}

/** What is carried from look to look: plain data, the same after JSON. */
export interface EarlyStoppingState {
  /** The best figure so far; null before the first that is a number. */
  readonly best: number | null;
  /** Which look it was, counted from 0; null as long as there is none. */
  readonly bestAt: number | null;
  /** How many figures have been seen. */
  readonly looks: number;
  /** How many looks since the last improvement. */
  readonly waited: number;
}

export interface EarlyStopping {
  /** Before the first look. */
  readonly start: EarlyStoppingState;
  /** One look at a figure. It improved where the new state's `waited` is 0; NaN and infinity are no improvement. */
  look(state: EarlyStoppingState, figure: number): EarlyStoppingState;
  /** Whether the training should end here. */
  isOver(state: EarlyStoppingState): boolean;
}

/**
 * Looks at a figure of data that are not trained on, with patience (Goodfellow, Bengio and Courville 2016, "Deep Learning",
 * algorithm 7.1).
 *
 * @throws NoemaError EARLY_STOPPING
 */
export function earlyStopping(options: EarlyStoppingOptions): EarlyStopping {
  check(options);
  const { patience, leastImprovement = 0, better = "lower" } = options;
  const improves = (best: number | null, figure: number) => {
    if (!Number.isFinite(figure)) return false;
    if (best === null) return true;
    const gain = better === "lower" ? best - figure : figure - best;
    return gain > 0 && gain >= leastImprovement;
  };
  return {
    start: { best: null, bestAt: null, looks: 0, waited: 0 },
    look: (state, figure) =>
      improves(state.best, figure)
        ? { best: figure, bestAt: state.looks, looks: state.looks + 1, waited: 0 }
        : { ...state, looks: state.looks + 1, waited: state.waited + 1 },
    isOver: ({ waited }) => waited >= patience,
  };
}

function check({ patience, leastImprovement = 0, better = "lower" }: EarlyStoppingOptions): void {
  const refuse = (option: string, found: unknown, needed: string) =>
    new NoemaError("EARLY_STOPPING", { where: `early stopping, ${option}`, found: String(found), needed });
  if (!(Number.isSafeInteger(patience) && patience >= 1)) {
    throw refuse("patience", patience, "a whole number of at least 1 is needed");
  }
  if (!(leastImprovement >= 0 && leastImprovement < Number.POSITIVE_INFINITY)) {
    throw refuse("leastImprovement", leastImprovement, "a number of at least 0 is needed");
  }
  if (better !== "lower" && better !== "higher") throw refuse("better", better, '"lower" or "higher" is needed');
}
