/** @file The sparse autoencoder: atoms that are known are found, its encoder codes, it goes on to the same bytes, NaN is refused. */
import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { explainedVariance, rebuild } from "../coding/rebuild.js";
import { atomOf, checkDictionary, type Dictionary } from "../dictionary.js";
import { type LearningOptions, type LearningState, vectorsInMemory } from "./learner.js";
import { encoderOf, type SparseAutoencoderStep, sparseAutoencoder } from "./sparse-autoencoder.js";
import { TopKCoder } from "./top-k-coder.js";

const compile = { threads: 1 };
const [count, length, parts] = [24, 16, 2];

/** Each vector two of the atoms, 0.5 to 1.5 of each, about a mean that is far from 0; every eight neighbours are alike. */
function known(seed: number, vectors: number) {
  const random = seededRandom(seed);
  const atoms = Float32Array.from({ length: count * length }, () => random.normal());
  for (let a = 0; a < count; a++) {
    const row = atoms.subarray(a * length, (a + 1) * length);
    const size = Math.hypot(...row);
    for (let i = 0; i < length; i++) row[i] /= size;
  }
  const mean = Float32Array.from({ length }, (_, i) => 3 + i);
  const rows = new Float32Array(vectors * length);
  for (let n = 0; n < vectors; n++) {
    rows.set(mean, n * length);
    const chosen = new Set<number>();
    while (chosen.size < parts) chosen.add(random.below(count));
    for (const a of chosen) {
      const amount = 7 * (0.5 + random.uniform());
      for (let i = 0; i < length; i++) rows[n * length + i] += amount * atoms[a * length + i];
    }
  }
  const dictionary: Dictionary = { count, length, atoms, mean, nonNegative: true };
  return { dictionary, vectors: rows };
}

/** The mean over known atoms of the cosine of the nearest learnt one, and the share with more than 0.95. */
function nearness(dictionary: Dictionary, learnt: Dictionary) {
  const best = Array.from({ length: count }, (_, a) => {
    const own = atomOf(dictionary, a);
    return Math.max(
      ...Array.from({ length: learnt.count }, (_, b) => atomOf(learnt, b).reduce((sum, v, i) => sum + v * own[i], 0)),
    );
  });
  return { mean: best.reduce((a, b) => a + b) / count, found: best.filter((cosine) => cosine > 0.95).length / count };
}

const usual: LearningOptions = { atoms: count, sparsity: parts, nonNegative: true, centre: true, compile };
const made = known(1, 2000);
const source = vectorsInMemory(made.vectors, length);

test("finds most atoms of a known dictionary, where it began with few; its encoder codes what it has not seen", async () => {
  const steps: SparseAutoencoderStep[] = [];
  const onStep = (step: unknown) => {
    steps.push(step as SparseAutoencoderStep);
  };
  // Twice as many atoms as there are: with no more of them than needed, some are each found by two others.
  const options = { ...usual, atoms: 2 * count, batch: 128 };
  const { dictionary, state, finished } = await sparseAutoencoder.learn(source, {
    ...options,
    iterations: 100,
    onStep,
  });
  expect(finished).toBe(true);
  checkDictionary(dictionary);
  const start = await sparseAutoencoder.learn(source, { ...options, signal: { aborted: true } });
  expect(start.finished).toBe(false);
  expect(nearness(made.dictionary, start.dictionary).found).toBeLessThan(0.3);
  const found = nearness(made.dictionary, dictionary);
  expect(found.found).toBeGreaterThanOrEqual(0.9);
  const [first, last] = [steps[0], steps.at(-1)!];
  expect(last.step).toBe(last.steps);
  expect(last.explained).toBeGreaterThan(Math.max(0.9, first.explained));
  expect(last.error).toBeLessThan(1 - last.explained);

  const coder = await TopKCoder.open(dictionary, encoderOf(state), { sparsity: parts, compile });
  const fresh = known(1, 2300).vectors.subarray(2000 * length);
  const codes = await coder.code(fresh);
  await coder.dispose();
  expect(codes.vectors).toBe(300);
  expect(Math.max(...Array.from({ length: 300 }, (_, n) => codes.starts[n + 1] - codes.starts[n]))).toBe(parts);
  expect(codes.coefficients.every((amount) => amount > 0)).toBe(true);
  const explained = explainedVariance(fresh, rebuild(dictionary, codes), length);
  // What the graph said of its last vectors holds for others, through dictionary and encoder as they are given out.
  expect(explained).toBeGreaterThan(0.9);
  expect(Math.abs(explained - last.explained)).toBeLessThan(0.05);
});

test("of either sign, and without a mean", async () => {
  const centred = made.vectors.map(
    (v, i) => (v - made.dictionary.mean[i % length]) * (Math.floor(i / length) % 2 ? -1 : 1),
  );
  const options = { ...usual, nonNegative: false, centre: false, batch: 128, iterations: 60 };
  const { dictionary, state } = await sparseAutoencoder.learn(vectorsInMemory(centred, length), options);
  expect(dictionary.mean).toEqual(new Float32Array(length));
  const coder = await TopKCoder.open(dictionary, encoderOf(state), { sparsity: parts, compile });
  const codes = await coder.code(centred);
  await coder.dispose();
  expect(codes.coefficients.some((amount) => amount < 0)).toBe(true);
  expect(explainedVariance(centred, rebuild(dictionary, codes), length)).toBeGreaterThan(0.85);
});

test("atoms that no vector has had for a pass are counted", async () => {
  const told: SparseAutoencoderStep[] = [];
  // Many more atoms than there is to find.
  const { dictionary, state } = await sparseAutoencoder.learn(source, {
    ...{ ...usual, atoms: 200, batch: 128, iterations: 60 },
    onStep: (step) => {
      told.push(step as SparseAutoencoderStep);
    },
  });
  // At first none was silent for so long.
  expect(told[0].dead).toBe(0);
  const coder = await TopKCoder.open(dictionary, encoderOf(state), { sparsity: parts, compile });
  const { atoms } = await coder.code(made.vectors);
  await coder.dispose();
  const unused = 200 - new Set(atoms).size;
  expect(told.at(-1)!.dead).toBeGreaterThan(0);
  // While the last pass went on, some fell silent.
  expect(told.at(-1)!.dead).toBeLessThanOrEqual(unused);
  expect(unused - told.at(-1)!.dead).toBeLessThan(20);
});

test("goes on from any state to the same bytes; another seed gives others", async () => {
  const options = { ...usual, batch: 64, iterations: 8 };
  const states: LearningState[] = [];
  const whole = await sparseAutoencoder.learn(source, { ...options, onStep: (step) => void states.push(step.state()) });
  expect(states.length).toBeGreaterThan(2);
  for (const state of [states[0], states[1], states.at(-1)!]) {
    const rest = await sparseAutoencoder.learn(source, { ...options, state });
    expect(rest.state).toEqual(whole.state);
  }
  const other = await sparseAutoencoder.learn(source, { ...options, seed: 1 });
  expect(other.dictionary.atoms).not.toEqual(whole.dictionary.atoms);
});

test("few vectors make small steps", async () => {
  const few = vectorsInMemory(made.vectors.subarray(0, 5 * length), length);
  const { dictionary } = await sparseAutoencoder.learn(few, { ...usual, atoms: 3, iterations: 2 });
  checkDictionary(dictionary);
});

test.each<[string, Float32Array, Partial<LearningOptions>, RegExp]>([
  [
    "NaN",
    made.vectors.map((v, i) => (i === 700 ? Number.NaN : v)),
    {},
    /vector 43: its number 12 is NaN.*VECTORS_NUMBERS/,
  ],
  ["vectors that are all alike", new Float32Array(40 * length).fill(2), {}, /VECTORS_CONSTANT/],
  ["fewer vectors than atoms", made.vectors.subarray(0, 10 * length), {}, /10 for 24 atoms.*VECTORS_FEW/],
  ["more parts than numbers", made.vectors, { sparsity: 17 }, /SPARSITY/],
  ["no vectors", new Float32Array(0), {}, /VECTORS_EMPTY/],
  ["half an atom", made.vectors, { atoms: 2.5 }, /LEARNING_OPTIONS/],
])("%s: refused", async (_, vectors, options, message) => {
  await expect(sparseAutoencoder.learn(vectorsInMemory(vectors, length), { ...usual, ...options })).rejects.toThrow(
    message,
  );
});

test("a state of other vectors, and an encoder of another dictionary, are refused", async () => {
  const options = { ...usual, batch: 64, iterations: 1 };
  const { dictionary, state } = await sparseAutoencoder.learn(source, options);
  const cut = { ...state, arrays: { "encoder/bias": new Float32Array(1) } };
  await expect(sparseAutoencoder.learn(source, { ...options, state: cut })).rejects.toThrow(
    /it is not there.*LEARNING_STATE/,
  );
  await expect(sparseAutoencoder.learn(source, { ...options, atoms: 20, state })).rejects.toThrow(/LEARNING_STATE/);
  expect(() => encoderOf({ ...state, learner: "k-svd", arrays: {} })).toThrow(
    /k-svd, which has no encoder.*LEARNING_STATE/,
  );
  const { weights, bias } = encoderOf(state);
  await expect(TopKCoder.open(dictionary, { weights, bias: bias.subarray(1) }, { sparsity: 1 })).rejects.toThrow(
    /ENCODER_SHAPE/,
  );
});
