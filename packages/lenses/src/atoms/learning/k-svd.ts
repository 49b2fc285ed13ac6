/** @file kSvd: a dictionary learnt from vectors that are all in memory, atom by atom. */
import { NoemaError, seededRandom } from "@noema/engine";
import { permutation } from "../../permutation.js";
import type { Codes } from "../codes.js";
import { SparseCoder } from "../coding/sparse-coder.js";
import type { Dictionary } from "../dictionary.js";
import { AtomUpdate } from "./atom-update.js";
import { checkOptions, totalsOf } from "./check-learning.js";
import { initialDictionary } from "./initial-dictionary.js";
import {
  type Learned,
  type Learner,
  type LearningOptions,
  type LearningState,
  type VectorSource,
  vectorsInMemory,
} from "./learner.js";
import { replaceAtoms, uselessAtoms } from "./replaced-atoms.js";

/** Streams of the seed from here on are those of iterations. */
const firstStream = 1000;

export const kSvd: Learner = {
  name: "k-svd",
  title: "K-SVD: all vectors are coded, then atoms are fitted to them one by one",
  iterations: 80,
  learn,
};

/**
 * K-SVD (Aharon, Elad and Bruckstein 2006), its atoms updated by one alternation ("approximate", the default) or by the singular
 * vectors themselves ("exact"). In every iteration but the last, atoms that are hardly used or nearly the same as another give way to
 * the worst represented vectors. What chance decides follows from the seed and the number of the iteration alone.
 */
async function learn(source: VectorSource, options: LearningOptions): Promise<Learned> {
  checkOptions(source, options, kSvd.name);
  const { sparsity, nonNegative = false, seed = 0, update = "approximate", signal, onStep } = options;
  const { iterations = kSvd.iterations, centre = !nonNegative, compile = {} } = options;
  const { count, length } = source;
  const vectors = await source.read(0, count);
  const held = { ...vectorsInMemory(vectors, length), count };
  const totals = await totalsOf(held, count);
  const mean = centre ? Float32Array.from(totals.mean) : new Float32Array(length);
  const dictionary = copied(
    options.state?.dictionary ?? (await initialDictionary(held, { atoms: options.atoms, mean, nonNegative, seed })),
  );
  const squares = squaresOf(vectors, dictionary);
  const stateAt = (step: number): LearningState => ({
    ...{ learner: kSvd.name, step, arrays: {} },
    dictionary: copied(dictionary),
  });
  let state = options.state ?? stateAt(0);
  const coder = await SparseCoder.open(dictionary, { sparsity, compile });
  try {
    const fitting = await AtomUpdate.open(dictionary, count);
    for (let step = state.step; step < iterations; step++) {
      const codes = await codesUnlessStopped(coder, vectors, signal);
      if (codes === undefined) return { dictionary: state.dictionary, state, finished: false };
      fitting.begin(vectors, codes);
      fitting.updateAll(permutation(options.atoms, seededRandom(seed, firstStream + step)), codes, update === "exact");
      const uses = usesOf(codes, options.atoms);
      const errors = fitting.errors();
      await coder.setDictionary(dictionary);
      let replaced = 0;
      if (step + 1 < iterations) {
        const useless = uselessAtoms(dictionary, uses, count * sparsity, (atom) => coder.gram(atom));
        const row = (n: number) =>
          vectors.slice(n * length, (n + 1) * length).map((value, i) => value - dictionary.mean[i]);
        replaced = replaceAtoms(dictionary, useless, errors, squares, row);
        if (replaced > 0) await coder.setDictionary(dictionary);
      }
      state = stateAt(step + 1);
      const left = errors.reduce((a, b) => a + b, 0);
      await onStep?.({
        step: step + 1,
        steps: iterations,
        error: left / totals.squares,
        explained: 1 - left / totals.variation,
        used: uses.filter((times) => times > 0).length,
        replaced,
        state: () => state,
      });
    }
    return { dictionary: state.dictionary, state, finished: true };
  } finally {
    await coder.dispose();
  }
}

async function codesUnlessStopped(
  coder: SparseCoder,
  vectors: Float32Array,
  signal: LearningOptions["signal"],
): Promise<Codes | undefined> {
  try {
    return await coder.code(vectors, signal === undefined ? {} : { signal });
  } catch (error) {
    if (error instanceof NoemaError && error.code === "STOPPED") return undefined;
    throw error;
  }
}

const copied = (dictionary: Dictionary): Dictionary => ({ ...dictionary, atoms: dictionary.atoms.slice() });

function usesOf({ atoms }: Codes, count: number): Uint32Array {
  const uses = new Uint32Array(count);
  for (const atom of atoms) uses[atom]++;
  return uses;
}

/** Of each vector without the mean. */
function squaresOf(vectors: Float32Array, { length, mean }: Dictionary): Float64Array {
  const squares = new Float64Array(vectors.length / length);
  for (let n = 0; n < squares.length; n++) {
    for (let i = 0; i < length; i++) squares[n] += (vectors[n * length + i] - mean[i]) ** 2;
  }
  return squares;
}
