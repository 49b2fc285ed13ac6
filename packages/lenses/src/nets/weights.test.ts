/** @file Trained weights in a model: in full they are those numbers, in eight bits they are near. */
import { build, compile, input, readModel, seededRandom, Tensor, writeModel } from "@noema/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { classifierTask } from "./classifier.js";
import { initialWeights } from "./net.js";
import { openClassifier } from "./open-classifier.js";
import type { WeightsOf } from "./task.js";
import { eightBitWeights, fullWeights } from "./weights.js";

/** What a model reads back from weights that were written into it. */
async function readBack(of: WeightsOf, tensor: Tensor): Promise<Float64Array> {
  const one = input("one", [1]);
  const outputs = { w: build.mul(of({ w: tensor }).w, one) };
  const model = readModel(writeModel({ inputs: { one }, outputs }).bytes);
  const program = await compile({ inputs: { one: model.input() }, outputs: { w: model.output() } }, { threads: 1 });
  const { w } = await program.run({ one: [1] });
  await program.dispose();
  return w.toNumbers();
}

/** Outputs whose weights are of very different sizes, one of them all zero. */
function uneven(dims: readonly number[], outputOf: (i: number) => number, seed: number): Tensor {
  const random = seededRandom(seed);
  const length = dims.reduce((a, b) => a * b, 1);
  return Tensor.of(
    "float32",
    dims,
    Float32Array.from({ length }, (_, i) => (outputOf(i) === 1 ? 0 : 10 ** ((outputOf(i) % 7) - 3) * random.normal())),
  );
}

const layouts = [
  { name: "a dense layer's", dims: [60, 30], outputOf: (i: number) => i % 30 },
  { name: "a convolution's", dims: [16, 12, 3, 3], outputOf: (i: number) => Math.floor(i / 108) },
];

test.each(layouts)("eight bits: $name are within half a step of their output's scale", async ({ dims, outputOf }) => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 32 }), async (seed) => {
      const tensor = uneven(dims, outputOf, seed);
      const numbers = tensor.toNumbers();
      const largest: number[] = [];
      numbers.forEach((v, i) => {
        largest[outputOf(i)] = Math.max(largest[outputOf(i)] ?? 0, Math.abs(v));
      });
      const found = await readBack(eightBitWeights, tensor);
      expect(found).toHaveLength(numbers.length);
      numbers.forEach((v, i) => {
        const step = largest[outputOf(i)] / 127;
        if (!(Math.abs(found[i] - v) <= 0.501 * step)) expect.fail(`number ${i}: ${found[i]} for ${v}, step ${step}`);
        // The largest keeps its size, so that no output shrinks.
        if (v !== 0 && Math.abs(v) === largest[outputOf(i)]) expect(found[i] / v).toBeCloseTo(1, 6);
      });
    }),
    { numRuns: 8 },
  );
});

test("in full, and where they are few, weights are the numbers themselves", async () => {
  const random = seededRandom(3);
  const large = Tensor.ofNumbers("float32", [40, 50], Float32Array.from({ length: 2000 }, random.normal));
  expect(await readBack(fullWeights, large)).toEqual(large.toNumbers());
  const few = Tensor.ofNumbers("float32", [31, 33], Float32Array.from({ length: 1023 }, random.normal));
  const bias = Tensor.ofNumbers("float32", [2000], Float32Array.from({ length: 2000 }, random.normal));
  for (const tensor of [few, bias]) expect(await readBack(eightBitWeights, tensor)).toEqual(tensor.toNumbers());
});

test("a classifier in eight bits takes a quarter of the space, and answers as in full", async () => {
  const picture = { channels: 1, height: 16, width: 16 };
  const task = classifierTask({ picture, labels: 5, hidden: [16, 32, 200] });
  const weights = initialWeights(task.nets, 2);
  const labels = ["a", "b", "c", "d", "e"];
  const random = seededRandom(1);
  const pictures = Float32Array.from({ length: 40 * 256 }, () => random.uniform());
  const [full, small] = [fullWeights, eightBitWeights].map((of) =>
    writeModel(task.models(of(weights)).classifier, { batchAxis: "N" }),
  );
  expect(small.bytes.length / full.bytes.length).toBeLessThan(0.3);
  const [wanted, found] = await Promise.all(
    [full, small].map(async ({ bytes }) => {
      const classifier = await openClassifier({ model: bytes, labels, compile: { threads: 1 } });
      const logits = await classifier.logits(pictures);
      await classifier.dispose();
      return logits;
    }),
  );
  const norm = (values: Float32Array) => Math.hypot(...values);
  expect(norm(wanted)).toBeGreaterThan(1);
  expect(norm(found.map((v, i) => v - wanted[i])) / norm(wanted)).toBeLessThan(0.02);
});
