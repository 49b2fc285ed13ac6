/** @file What training writes are ordinary ONNX models for any batch: ONNX Runtime runs them by itself, the engine reads them. */
import { compile, readModel, type Signature, type Tensor, writeModel } from "@noema/engine";
import {
  architectures,
  classifierTask,
  eightBitWeights,
  fullWeights,
  initialWeights,
  type Task,
  xcovTask,
} from "@noema/lenses";
import * as runtime from "onnxruntime-node";
import { expect, test } from "vitest";

/** Sides that cannot be halved evenly. */
const picture = { channels: 1, height: 15, width: 18 };
const sizes = { picture, labels: 3, latents: 2 };
const lossWeights = { alpha: 1, beta: 1, gamma: 1, zeta: 1 };

const tasks: readonly (readonly [string, Task])[] = [
  ["classifier", classifierTask({ picture, labels: 3, hidden: [4, 8, 16] })],
  ...architectures.map((architecture) => {
    const nets = architecture.build({ ...sizes, hidden: [8, 8, 64] });
    const task = xcovTask({ ...sizes, nets, weights: lossWeights, pairs: architecture.pairs });
    return [architecture.name, task] as const;
  }),
];

const cases = tasks.flatMap(([name, task]) =>
  [fullWeights, eightBitWeights].flatMap((of) => {
    const models = task.models(of(initialWeights(task.nets, 7)));
    return Object.entries(models).map(([model, signature]) => ({
      name: `${name}, ${model}, ${of === fullWeights ? "in full" : "in eight bits"}`,
      signature,
    }));
  }),
);

/** Numbers for the inputs of so many examples. */
function feedsOf({ inputs }: Signature, count: number): Record<string, readonly [number[], Float32Array]> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape }], k) => {
      const dims = [count, ...shape.slice(1)];
      const data = Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 7.7 + k) ** 2);
      return [name, [dims, data]];
    }),
  );
}

/** As any program does that knows nothing of the engine. */
async function runByItself(bytes: Uint8Array, signature: Signature, count: number) {
  const session = await runtime.InferenceSession.create(bytes);
  const feeds = Object.entries(feedsOf(signature, count)).map(
    ([name, [dims, data]]) => [name, new runtime.Tensor("float32", data, dims)] as const,
  );
  const results = await session.run(Object.fromEntries(feeds));
  await session.release();
  return results;
}

async function readBack(bytes: Uint8Array, signature: Signature, count: number): Promise<Record<string, Tensor>> {
  const feeds = Object.entries(feedsOf(signature, count));
  const model = readModel(bytes, { inputShapes: Object.fromEntries(feeds.map(([name, [dims]]) => [name, dims])) });
  const program = await compile({
    inputs: Object.fromEntries(model.inputs.map((value) => [value.name, value])),
    outputs: Object.fromEntries(Object.keys(signature.outputs).map((name) => [name, model.output(name)])),
  });
  const results = await program.run(Object.fromEntries(feeds.map(([name, [, data]]) => [name, data])));
  await program.dispose();
  return results;
}

test.each(cases)("$name: one model for batches of 1 and 5", async ({ signature }) => {
  const { bytes } = writeModel(signature, { batchAxis: "N" });
  const rows: Record<string, Float32Array[]> = {};
  for (const count of [1, 5]) {
    const [own, read] = [await runByItself(bytes, signature, count), await readBack(bytes, signature, count)];
    expect(Object.keys(own).sort()).toEqual(Object.keys(signature.outputs).sort());
    for (const [name, { shape }] of Object.entries(signature.outputs)) {
      expect(own[name]!.dims, name).toEqual([count, ...shape.slice(1)]);
      expect(read[name]!.dims, name).toEqual(own[name]!.dims);
      const [a, b] = [own[name]!.data as Float32Array, read[name]!.data as Float32Array];
      expect(Math.max(...a.map(Math.abs))).toBeGreaterThan(0);
      expect(Math.max(...a.map((v, i) => Math.abs(v - b[i]!)))).toBeLessThan(1e-4);
      rows[name] = [...(rows[name] ?? []), a.subarray(0, a.length / count)];
    }
  }
  // The first example is the same in both, so what comes of it is too.
  for (const [one, many] of Object.values(rows)) {
    expect(Math.max(...one!.map((v, i) => Math.abs(v - many![i]!)))).toBeLessThan(1e-4);
  }
});
