/** @file Learning of whitened vectors, and of general atoms first: what each is for, that it goes on byte for byte, and what is refused. */
import { seededRandom } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { rebuild } from "../coding/rebuild.js";
import { SparseCoder } from "../coding/sparse-coder.js";
import type { Dictionary } from "../dictionary.js";
import { projections } from "../statistics/projections.js";
import { learnDictionary, learners } from "./index.js";
import { type LearningOptions, type LearningState, type LearningStep, vectorsInMemory } from "./learner.js";
import { knownVectors } from "./recovery.testing.js";

const compile = { threads: 1 };
const small = vectorsInMemory(knownVectors(3, { atoms: 12, length: 8, vectors: 200, parts: 2 }).vectors, 8);
const usual: LearningOptions = { atoms: 12, sparsity: 2, iterations: 6, batch: 40, compile };

/** What the vectors of `things` are made of: groups of directions, of each of which every vector has one; groups of unlike size. */
const [groups, each, length] = [3, 6, 24];

/** One thing of every group: large hair, smaller beards, tiny glasses; so that vectors are sums of three. */
function things(count: number, seed: number) {
  const random = seededRandom(seed);
  const directions = Array.from({ length: groups * each }, () => {
    const row = Float64Array.from({ length }, () => random.normal());
    const size = Math.hypot(...row);
    return row.map((value) => value / size);
  });
  const vectors = new Float32Array(count * length);
  const has = new Int32Array(count * groups);
  for (let n = 0; n < count; n++) {
    for (let group = 0; group < groups; group++) {
      const thing = random.below(each);
      has[n * groups + group] = thing;
      const direction = directions[group * each + thing];
      for (let i = 0; i < length; i++) vectors[n * length + i] += 4 ** -group * direction[i] + 1e-3 * random.normal();
    }
  }
  return { vectors, has };
}

/** How well the things of a group are found by the best atom of each: how far products with it go with having the thing. */
function foundOf(group: number, { vectors, has }: ReturnType<typeof things>, dictionary: Dictionary): number {
  const { coefficients } = projections(dictionary, vectors);
  const count = has.length / groups;
  const all = Array.from({ length: dictionary.count }, (_, atom) =>
    Float64Array.from({ length: count }, (_, n) => coefficients[n * dictionary.count + atom]),
  );
  const best = Array.from({ length: each }, (_, thing) => {
    const wanted = Float64Array.from({ length: count }, (_, n) => Number(has[n * groups + group] === thing));
    return Math.max(...all.map((own) => Math.abs(correlation(own, wanted))));
  });
  return best.reduce((sum, value) => sum + value / each, 0);
}

function correlation(a: Float64Array, b: Float64Array): number {
  const centred = (x: Float64Array) => {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    return x.map((value) => value - mean);
  };
  const [u, v] = [centred(a), centred(b)];
  const product = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return product(u, v) / Math.sqrt(product(u, u) * product(v, v));
}

describe("whitened", () => {
  const known = things(3000, 4);
  const { vectors } = known;
  const source = vectorsInMemory(vectors, length);
  const how = { atoms: 18, sparsity: 3, nonNegative: true, centre: true, iterations: 30, seed: 1, compile };

  test("what varies little is found as well as what varies much; without it, it is not", async () => {
    const plain = (await learnDictionary(source, how)).dictionary;
    const whitened = (await learnDictionary(source, { ...how, whiten: 1e-3 })).dictionary;
    expect(foundOf(2, known, plain)).toBeLessThan(0.2);
    expect(foundOf(2, known, whitened)).toBeGreaterThan(0.65);
  });

  test("the dictionary is of the vectors as they are: its codes rebuild them", async () => {
    const { dictionary } = await learnDictionary(source, { ...how, whiten: 0.1 });
    expect(dictionary.whitening).toHaveLength(length * length);
    const coder = await SparseCoder.open(dictionary, { sparsity: 3, compile });
    const rebuilt = rebuild(dictionary, await coder.code(vectors));
    await coder.dispose();
    let [left, all] = [0, 0];
    for (let i = 0; i < vectors.length; i++) {
      left += (vectors[i] - rebuilt[i]) ** 2;
      all += (vectors[i] - dictionary.mean[i % length]) ** 2;
    }
    expect(1 - left / all).toBeGreaterThan(0.9);
  });
});

describe("general atoms first", () => {
  test("are those that would be learnt alone, and come first", async () => {
    const { dictionary } = await learnDictionary(small, { ...usual, sparsity: 3, general: 5 });
    const alone = (await learnDictionary(small, { ...usual, sparsity: 2, atoms: 5 })).dictionary;
    expect(dictionary.count).toBe(12);
    expect(dictionary.atoms.subarray(0, 40)).toEqual(alone.atoms);
    expect(dictionary.mean).toEqual(alone.mean);
  });

  test("the others are of what those leave: together they explain more", async () => {
    const { vectors } = knownVectors(6, { atoms: 12, length: 8, vectors: 200, parts: 2 });
    const explained = async (dictionary: Dictionary, sparsity: number) => {
      const coder = await SparseCoder.open(dictionary, { sparsity, compile });
      const rebuilt = rebuild(dictionary, await coder.code(vectors));
      await coder.dispose();
      return vectors.reduce((sum, value, i) => sum - (value - rebuilt[i]) ** 2, 0);
    };
    const source = vectorsInMemory(vectors, 8);
    const all = (await learnDictionary(source, { ...usual, sparsity: 3, general: 5 })).dictionary;
    const first = { ...all, count: 5, atoms: all.atoms.slice(0, 40) };
    expect(await explained(all, 3)).toBeGreaterThan(await explained(first, 3));
  });

  test("steps are counted through", async () => {
    const steps: LearningStep[] = [];
    const onStep = (step: LearningStep) => {
      steps.push(step);
    };
    await learnDictionary(small, { ...usual, general: 4, onStep });
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
    expect(steps.every((step) => step.steps === 12)).toBe(true);
  });
});

const parts: readonly (readonly [string, Partial<LearningOptions>])[] = [
  ["whitened", { whiten: 0.1 }],
  ["general first", { general: 5 }],
  ["whitened, general first", { whiten: 0.1, general: 5 }],
];

describe.each(Object.keys(learners))("%s", (learner) => {
  test.each(parts)("%s, stopped after any step, goes on to the same bytes", async (_, more) => {
    const states: LearningState[] = [];
    const onStep = (step: LearningStep) => {
      states.push(step.state());
    };
    const whole = await learnDictionary(small, { ...usual, ...more, learner, onStep });
    for (const state of [states[0], states[Math.floor(states.length / 2)], states[states.length - 2], states.at(-1)!]) {
      const resumed = await learnDictionary(small, { ...usual, ...more, learner, state });
      expect(resumed.finished).toBe(true);
      expect(resumed.dictionary).toEqual(whole.dictionary);
      expect(resumed.state).toEqual(whole.state);
    }
  });
});

test("told to stop among the general atoms or later, it ends with the last whole step", async () => {
  for (const last of [3, 9]) {
    const signal = { aborted: false };
    const stopped = await learnDictionary(small, {
      ...{ ...usual, general: 4, signal },
      onStep: ({ step }) => {
        signal.aborted = step === last;
      },
    });
    expect(stopped.finished).toBe(false);
    expect(stopped.state.step).toBe(last);
    const whole = await learnDictionary(small, { ...usual, general: 4 });
    const resumed = await learnDictionary(small, { ...usual, general: 4, state: stopped.state });
    expect(resumed.dictionary).toEqual(whole.dictionary);
  }
});

test.each<[string, Partial<LearningOptions>]>([
  ["LEARNING_OPTIONS", { whiten: 0 }],
  ["LEARNING_OPTIONS", { whiten: Number.NaN }],
  ["LEARNING_OPTIONS", { whiten: Number.POSITIVE_INFINITY }],
  ["LEARNING_OPTIONS", { general: 0 }],
  ["LEARNING_OPTIONS", { general: 12 }],
  ["LEARNING_OPTIONS", { general: 2.5 }],
  ["VECTORS_FEW", { general: 5, atoms: 300 }],
])("%s: %o", async (code, more) => {
  await expect(learnDictionary(small, { ...usual, ...more })).rejects.toThrow(expect.objectContaining({ code }));
});

test("a state of other general atoms is refused, and vectors that do not vary are whitened by none", async () => {
  const states: LearningState[] = [];
  await learnDictionary(small, {
    ...{ ...usual, general: 4 },
    onStep: (step) => {
      states.push(step.state());
    },
  });
  const state = states.at(-1)!;
  await expect(learnDictionary(small, { ...usual, general: 5, state })).rejects.toThrow(/LEARNING_STATE/);
  const constant = vectorsInMemory(new Float32Array(1600).fill(2), 8);
  await expect(learnDictionary(constant, { ...usual, whiten: 0.1 })).rejects.toThrow(/VECTORS_CONSTANT/);
});
