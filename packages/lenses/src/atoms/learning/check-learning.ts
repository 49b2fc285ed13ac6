/** @file checkLearning: refuses what no dictionary can be learnt from, before anything is done. */
import { NoemaError } from "@noema/engine";
import { checkVectors } from "../check-vectors.js";
import { checkSparsity } from "../coding/sparse-coder.js";
import { checkDictionary } from "../dictionary.js";
import type { LearningOptions, VectorSource } from "./learner.js";

/** Variation, as a share of the squares, that rounding of equal numbers makes. */
const noVariation = 1e-12;

/** Sums over vectors that come part by part. */
interface Totals {
  /** D. */
  readonly mean: Float64Array;
  /** Σ‖x‖² */
  readonly squares: number;
  /** Σ‖x − mean‖² */
  readonly variation: number;
}

/** @throws NoemaError LEARNING_OPTIONS, LEARNING_STATE, SPARSITY, VECTORS_EMPTY, VECTORS_FEW */
export function checkOptions({ count, length }: VectorSource, options: LearningOptions, learner: string): void {
  const { atoms, sparsity, state } = options;
  if (!(count > 0 && length > 0)) {
    throw new NoemaError("VECTORS_EMPTY", {
      where: "vectors",
      found: "there are none",
      needed: "at least as many as atoms",
    });
  }
  const whole: readonly (readonly [string, number | undefined])[] = [
    ["atoms", atoms],
    ["iterations", options.iterations],
    ["batch", options.batch],
  ];
  for (const [where, value] of whole) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new NoemaError("LEARNING_OPTIONS", { where, found: `${value}`, needed: "a whole number from 1" });
  }
  if (count < atoms) {
    throw new NoemaError("VECTORS_FEW", {
      where: "vectors",
      found: `${count} for ${atoms} atoms`,
      needed: "at least as many vectors as atoms",
      remedy: "Take fewer atoms, or more pictures.",
    });
  }
  checkSparsity(sparsity, atoms, length);
  if (state === undefined) return;
  checkDictionary(state.dictionary);
  const same =
    state.learner === learner &&
    state.dictionary.count === atoms &&
    state.dictionary.length === length &&
    state.dictionary.nonNegative === (options.nonNegative ?? false);
  if (same) return;
  const { dictionary } = state;
  throw new NoemaError("LEARNING_STATE", {
    where: "state",
    found: `it is of ${state.learner}, ${dictionary.count} atoms of ${dictionary.length}, ${dictionary.nonNegative ? "" : "not "}non-negative`,
    needed: `${learner}, ${atoms} atoms of ${length}, ${options.nonNegative ? "" : "not "}non-negative are learnt`,
  });
}

/**
 * One pass over all vectors: their mean, and whether they are numbers that vary.
 *
 * @param batch how many are read at a time
 * @throws NoemaError VECTORS_LENGTH, VECTORS_NUMBERS, VECTORS_CONSTANT
 */
export async function totalsOf(vectors: VectorSource, batch: number): Promise<Totals> {
  const { count, length } = vectors;
  const [mean, scatter] = [new Float64Array(length), new Float64Array(length)];
  let squares = 0;
  for (let from = 0; from < count; from += batch) {
    const to = Math.min(count, from + batch);
    const rows = await vectors.read(from, to);
    const found = checkVectors(rows, length, "vectors", from);
    if (found !== to - from) {
      throw new NoemaError("VECTORS_LENGTH", {
        where: `vectors ${from} … ${to - 1}`,
        found: `${found} of them`,
        needed: `${to - from}`,
      });
    }
    for (let n = 0; n < found; n++) {
      const share = 1 / (from + n + 1);
      // Welford 1962: sums of squares about a mean that is far from 0 would lose their digits.
      for (let i = 0; i < length; i++) {
        const value = rows[n * length + i];
        const before = value - mean[i];
        mean[i] += before * share;
        scatter[i] += before * (value - mean[i]);
        squares += value * value;
      }
    }
  }
  const variation = scatter.reduce((a, b) => a + b, 0);
  if (!(variation > noVariation * squares)) {
    throw new NoemaError("VECTORS_CONSTANT", {
      where: "vectors",
      found: squares === 0 ? `all ${count} are zero` : `all ${count} are the same`,
      needed: "vectors that vary",
      remedy: "Take another layer, or pictures that differ.",
    });
  }
  return { mean, squares, variation };
}
