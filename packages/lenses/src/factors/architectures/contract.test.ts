/** @file Every architecture of this folder: its published sizes, its models, and a first step. */
import { readdirSync } from "node:fs";
import { adamOptimizer, seededRandom, Tensor, Trainer } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { initialWeights, type Net, parameterCount } from "../../nets/net.js";
import { fullWeights } from "../../nets/weights.js";
import { xcovTask } from "../xcov.js";
import type { Architecture, XCovNets } from "./architecture.js";
import { architectureOf, architectures } from "./index.js";

test("every file of the folder is in the index, under its name", () => {
  const others = ["architecture.ts", "contract.test.ts", "dense-architecture.ts", "index.ts"];
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !others.includes(file));
  expect(architectures.map(({ name }) => `${name}.ts`)).toEqual(files.sort());
  for (const one of architectures) expect(architectureOf(one.name)).toBe(one);
});

test("an unknown name is answered with the nearest", () => {
  expect(() => architectureOf("minst")).toThrow(expect.objectContaining({ code: "ARCHITECTURE_UNKNOWN" }));
  expect(() => architectureOf("minst")).toThrow(/Nearest: .*"mnist"/);
});

/** Pictures where the architecture leaves them open. */
const pictureOf = ({ picture }: Architecture) => ({ channels: 3, height: 64, width: 48, ...picture });

const netsOf = ({ trunk, label, latents, decoder }: XCovNets): readonly Net[] => [trunk, label, latents, decoder];

/** Weights and biases of dense layers of these sizes. */
const dense = (...layers: readonly number[]) =>
  layers.slice(1).reduce((sum, size, i) => sum + (layers[i] + 1) * size, 0);
const convolutions = (kernel: number, from: number, to: number) => kernel * kernel * from * to + to;

/** By hand from the tables that the architectures cite. */
const published: Readonly<Record<string, { readonly labels: number; readonly parameters: number }>> = {
  mnist: { labels: 10, parameters: dense(784, 500, 500, 12) + dense(12, 500, 500, 784) },
  jaffe: { labels: 7, parameters: dense(2304, 2000, 2000, 800) + dense(800, 2000, 2000, 2304) },
  paired: { labels: 7, parameters: dense(2304, 2048, 1024, 512, 263) + dense(263, 512, 1024, 2048, 2304) },
  conv: {
    labels: 7,
    parameters:
      convolutions(5, 3, 32) +
      convolutions(3, 32, 64) +
      convolutions(3, 64, 128) +
      convolutions(3, 128, 128) +
      dense(128 * 4 * 3, 256, 135) +
      dense(135, 256, 128 * 4 * 3) +
      convolutions(3, 128, 4 * 128) +
      convolutions(3, 128, 4 * 64) +
      convolutions(3, 64, 4 * 32) +
      convolutions(3, 32, 4 * 3),
  },
};

describe.each(architectures)("$name", (architecture) => {
  const picture = pictureOf(architecture);
  const { hidden, latents } = architecture;

  test("has the sizes that it tells, and weights of different names", () => {
    const { labels, parameters } = published[architecture.name];
    const nets = netsOf(architecture.build({ picture, labels, latents, hidden }));
    expect(parameterCount(nets)).toBe(parameters);
    const names = nets.flatMap((net) => Object.keys(net.parameters));
    expect(new Set(names).size).toBe(names.length);
  });

  test("takes steps, each better on the same pictures, and gives an encoder and a decoder", async () => {
    const small = hidden.map((size) => Math.ceil(size / 16));
    const sizes = { picture, labels: 4, latents: 5 };
    const nets = architecture.build({ ...sizes, hidden: small });
    const weights = { alpha: 1, beta: 10, gamma: 10, zeta: 1 };
    const task = xcovTask({ ...sizes, nets, weights, pairs: architecture.pairs });
    expect(task.draws).toBe(architecture.pairs ? 2 : 1);
    const random = seededRandom(2);
    const each = picture.channels * picture.height * picture.width;
    const dims = [8, picture.channels, picture.height, picture.width];
    const trainer = await Trainer.open({
      parameters: initialWeights(task.nets, 1),
      data: {
        pixels: Tensor.of(
          "uint8",
          dims,
          Uint8Array.from({ length: 8 * each }, () => random.below(256)),
        ),
        label: Tensor.of("int32", [8], Int32Array.from([0, 1, 2, 3, 0, 1, 2, 3])),
      },
      ...{ batch: 4, draws: task.draws, loss: task.loss, optimizer: adamOptimizer(), compile: { threads: 1 } },
    });
    const draws = [Int32Array.from([0, 1, 2, 3]), Int32Array.from([4, 5, 6, 7])].slice(0, task.draws);
    const before = await trainer.evaluate(draws);
    const { loss } = await trainer.advance({
      rows: draws.map((rows) => Int32Array.from({ length: 12 }, (_, i) => rows[i % 4])),
      rates: [1e-3, 1e-3, 1e-3],
    });
    expect(loss[0] / before.loss).toBeCloseTo(1, 3);
    expect(loss[2]).toBeLessThan(loss[0]);
    const { encoder, decoder } = task.models(fullWeights(trainer.parameters()));
    await trainer.dispose();
    expect(encoder.outputs.label.shape).toEqual([1, 4]);
    expect(encoder.outputs.latents.shape).toEqual([1, 5]);
    expect(decoder.outputs.picture.shape).toEqual([1, ...dims.slice(1)]);
    expect(decoder.inputs.latents.shape).toEqual([1, 5]);
  });

  test("refuses sizes that make no network", () => {
    const build = (own: readonly number[]) => () => architecture.build({ picture, labels: 4, latents: 2, hidden: own });
    expect(build([])).toThrow(expect.objectContaining({ code: "ARCHITECTURE_SHAPE" }));
  });
});

test("conv wants a dense layer behind its convolutions", () => {
  const call = { labels: 4, latents: 2, hidden: [16], picture: { channels: 1, height: 32, width: 32 } };
  expect(() => architectureOf("conv").build(call)).toThrow(expect.objectContaining({ code: "ARCHITECTURE_SHAPE" }));
});

test.each([
  [30, 29],
  [5, 64],
  [1, 1],
])("conv draws pictures of %i×%i again, though their sides cannot be halved so often", (height, width) => {
  const picture = { channels: 3, height, width };
  const sizes = { picture, labels: 4, latents: 2 };
  const nets = architectureOf("conv").build({ ...sizes, hidden: [4, 8, 8, 16] });
  const weights = { alpha: 1, beta: 1, gamma: 1, zeta: 1 };
  const task = xcovTask({ ...sizes, nets, weights, pairs: false });
  const { encoder, decoder } = task.models(fullWeights(initialWeights(task.nets, 1)));
  expect(encoder.inputs.picture.shape).toEqual([1, 3, height, width]);
  expect(decoder.outputs.picture.shape).toEqual([1, 3, height, width]);
});
