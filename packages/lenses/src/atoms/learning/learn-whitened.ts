/** @file learnWhitened: a dictionary of whitened vectors, told in terms of the vectors as they are. */
import { NoemaError } from "@noema/engine";
import type { Dictionary } from "../dictionary.js";
import { unitRows } from "../unit-rows.js";
import { throughMatrix, type Whitening, whiteningOf } from "../whitening.js";
import { totalsOf } from "./check-learning.js";
import type { Learned, Learner, LearningOptions, VectorSource } from "./learner.js";

/** A covariance of so many vectors, or of so many for each number that they have: more would not change it much. */
const [mostMoments, momentsEach] = [20_000, 16];

/** Vectors that are read together. */
const run = 256;

/**
 * States, and the figures of steps, are of whitened vectors; the dictionary at the end is of the vectors as they are.
 *
 * @param learn learns from whitened vectors, with a mean of 0
 * @throws NoemaError LEARNING_OPTIONS; what learning refuses
 */
export async function learnWhitened(
  source: VectorSource,
  { whiten: shrinkage, ...options }: LearningOptions & { readonly whiten: number },
  learn: Learner["learn"],
): Promise<Learned> {
  if (!(shrinkage > 0 && shrinkage < Number.POSITIVE_INFINITY)) {
    throw new NoemaError("LEARNING_OPTIONS", { where: "whiten", found: `${shrinkage}`, needed: "a number above 0" });
  }
  const { length } = source;
  const { nonNegative = false, centre = !nonNegative } = options;
  const totals = await totalsOf(source, run);
  const mean = centre ? Float32Array.from(totals.mean) : new Float32Array(length);
  const whitening = whiteningOf({ vectors: await someOf(source), length }, shrinkage);
  const whitened: VectorSource = {
    count: source.count,
    length,
    read: async (from, to) => {
      const centred = Float32Array.from(await source.read(from, to), (value, i) => value - mean[i % length]);
      return throughMatrix(centred, whitening.whiten, length);
    },
  };
  const learned = await learn(whitened, { ...options, centre: false });
  return { ...learned, dictionary: asTheyAre(learned.dictionary, mean, whitening) };
}

function asTheyAre(dictionary: Dictionary, mean: Float32Array, { whiten, unwhiten }: Whitening): Dictionary {
  const { length } = dictionary;
  const atoms = throughMatrix(dictionary.atoms, unwhiten, length);
  unitRows(atoms, length);
  return { ...dictionary, atoms, mean, whitening: whiten };
}

/** Runs of vectors, evenly from all. */
async function someOf({ count, length, read }: VectorSource): Promise<Float32Array> {
  const most = Math.max(mostMoments, momentsEach * length);
  if (count <= most) return read(0, count);
  const runs = Math.floor(most / run);
  const vectors = new Float32Array(runs * run * length);
  for (let i = 0; i < runs; i++) {
    const from = Math.floor((i * (count - run)) / Math.max(1, runs - 1));
    vectors.set(await read(from, from + run), i * run * length);
  }
  return vectors;
}
