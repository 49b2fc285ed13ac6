import { expect, test } from "vitest";
import { initialDictionary } from "./initial-dictionary.js";
import { vectorsInMemory } from "./learner.js";
import { OnlineLearner, type OnlineOptions } from "./online-learner.js";
import { foundShare, knownVectors } from "./recovery.testing.js";

const known = knownVectors(8, { atoms: 30, length: 16, vectors: 3000, parts: 2 });
const batchOf = (n: number) => known.vectors.subarray((n % 30) * 100 * 16, ((n % 30) + 1) * 100 * 16);
const begin = () =>
  initialDictionary(vectorsInMemory(batchOf(0), 16), {
    ...{ atoms: 30, mean: new Float32Array(16), nonNegative: false, seed: 0 },
  });

async function learnt(batches: number, options: Partial<OnlineOptions> = {}) {
  const learner = await OnlineLearner.open(await begin(), { sparsity: 2, compile: { threads: 1 }, ...options });
  const explained: number[] = [];
  for (let n = learner.state().step; n < batches; n++) explained.push((await learner.feed(batchOf(n))).explained);
  await learner.dispose();
  return { state: learner.state(), dictionary: learner.dictionary, explained };
}

test("batches from anywhere: known atoms are found", async () => {
  const { dictionary, explained } = await learnt(240);
  expect(foundShare(known.dictionary, dictionary)).toBeGreaterThanOrEqual(0.9);
  expect(explained.at(-1)!).toBeGreaterThan(0.95);
});

test("a saved state goes on to the same bytes, and is not written to", async () => {
  const whole = await learnt(12);
  const half = await learnt(6);
  const kept = structuredClone(half.state);
  const resumed = await learnt(12, { state: half.state });
  expect(resumed.state).toEqual(whole.state);
  expect(half.state).toEqual(kept);
});

test("a batch that stops, or is bad, changes nothing", async () => {
  const learner = await OnlineLearner.open(await begin(), { sparsity: 2, compile: { threads: 1 } });
  await learner.feed(batchOf(0));
  const before = learner.state();
  await expect(learner.feed(batchOf(1), { signal: { aborted: true } })).rejects.toMatchObject({ code: "STOPPED" });
  await expect(learner.feed(new Float32Array(0))).rejects.toMatchObject({ code: "VECTORS_EMPTY" });
  await expect(learner.feed(batchOf(1).subarray(1))).rejects.toMatchObject({ code: "VECTORS_LENGTH" });
  const broken = batchOf(1).map((value, i) => (i === 40 ? Number.NaN : value));
  await expect(learner.feed(broken)).rejects.toThrow(/vector 2.*VECTORS_NUMBERS/s);
  expect(learner.state()).toEqual(before);
  await learner.dispose();
});

test("a batch smaller than the dictionary is taken, and atoms that it does not use stay", async () => {
  const learner = await OnlineLearner.open(await begin(), { sparsity: 2, compile: { threads: 1 } });
  const before = learner.dictionary.atoms;
  const { used, replaced } = await learner.feed(batchOf(0).subarray(0, 32));
  const after = learner.dictionary.atoms;
  const moved = Array.from({ length: 30 }, (_, k) => k).filter((k) =>
    after.subarray(16 * k, 16 * k + 16).some((value, i) => value !== before[16 * k + i]),
  );
  expect(used).toBeLessThanOrEqual(4);
  expect(replaced).toBe(0);
  expect(moved.length).toBeLessThanOrEqual(used);
  await learner.dispose();
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("forgetting of %d is refused", async (forgetting) => {
  await expect(learnt(1, { forgetting })).rejects.toMatchObject({ code: "LEARNING_OPTIONS" });
});

test("a state of another dictionary is refused", async () => {
  const { state } = await learnt(1);
  const cut = { ...state, arrays: { ...state.arrays, uses: state.arrays.uses.slice(1) } };
  await expect(learnt(2, { state: cut })).rejects.toMatchObject({ code: "LEARNING_STATE" });
  const other = { ...state, dictionary: { ...state.dictionary, nonNegative: true } };
  await expect(learnt(2, { state: other })).rejects.toMatchObject({ code: "LEARNING_STATE" });
});
