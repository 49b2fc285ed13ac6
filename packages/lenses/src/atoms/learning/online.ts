/** @file online: a dictionary learnt from vectors that need not fit into memory, in batches drawn by chance. */
import { NoemaError, seededRandom } from "@noema/engine";
import { permutation } from "../../permutation.js";
import { checkOptions, totalsOf } from "./check-learning.js";
import { initialDictionary } from "./initial-dictionary.js";
import type { Learned, Learner, LearningOptions, LearningState, VectorSource } from "./learner.js";
import { OnlineLearner } from "./online-learner.js";

/** Streams of the seed from here on are those of passes over the vectors. */
const firstStream = 1000;
const usualBatch = 1024;
/** Runs of neighbours that a batch is made of: neighbours are often alike, as places of one picture are. */
const runs = 16;

export const online: Learner = {
  name: "online",
  title: "Online: batch after batch, for more vectors than memory holds",
  iterations: 10,
  learn,
};

/** Goes through all vectors in batches of runs of neighbours, the runs in an order that follows from the seed and the pass. */
async function learn(source: VectorSource, options: LearningOptions): Promise<Learned> {
  checkOptions(source, options, online.name);
  const { atoms, sparsity, nonNegative = false, seed = 0, signal, onStep, forgetting, compile = {}, state } = options;
  const { iterations = online.iterations, centre = !nonNegative } = options;
  const batch = Math.min(options.batch ?? usualBatch, source.count);
  const totals = await totalsOf(source, batch);
  const mean = centre ? Float32Array.from(totals.mean) : new Float32Array(source.length);
  const initial = state?.dictionary ?? (await initialDictionary(source, { atoms, mean, nonNegative, seed }));
  const learner = await OnlineLearner.open(initial, {
    ...{ sparsity, compile },
    ...(forgetting !== undefined && { forgetting }),
    ...(state !== undefined && { state }),
  });
  const run = Math.ceil(batch / runs);
  const perPass = Math.ceil(Math.ceil(source.count / run) / runs);
  const stateNow = (): LearningState => ({ learner: online.name, ...learner.state() });
  const end = (finished: boolean): Learned => {
    const last = stateNow();
    return { dictionary: last.dictionary, state: last, finished };
  };
  try {
    const steps = iterations * perPass;
    for (let step = state?.step ?? 0; step < steps; step++) {
      const order = permutation(
        Math.ceil(source.count / run),
        seededRandom(seed, firstStream + Math.floor(step / perPass)),
      );
      const first = (step % perPass) * runs;
      const vectors = await readRuns(source, order.subarray(first, first + runs), run);
      try {
        const found = await learner.feed(vectors, signal === undefined ? {} : { signal });
        await onStep?.({ step: step + 1, steps, ...found, state: stateNow });
      } catch (error) {
        if (error instanceof NoemaError && error.code === "STOPPED") return end(false);
        throw error;
      }
    }
    return end(true);
  } finally {
    await learner.dispose();
  }
}

async function readRuns(source: VectorSource, order: Int32Array, run: number): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const at of order) parts.push(await source.read(at * run, Math.min(source.count, (at + 1) * run)));
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let to = 0;
  for (const part of parts) {
    all.set(part, to);
    to += part.length;
  }
  return all;
}
