/** @file xcov: the loss is the published sum, of pictures and of pairs; the parts pull where they are meant to. */
import { adamOptimizer, type Optimizer, seededRandom, sgd, Tensor, Trainer, writeModel } from "@noema/engine";
import { afterEach, expect, test } from "vitest";
import { initialWeights } from "../nets/net.js";
import { fullWeights } from "../nets/weights.js";
import { architectureOf } from "./architectures/index.js";
import { crossCovarianceOf } from "./cross-covariance.js";
import { openAutoencoder } from "./open-autoencoder.js";
import { type Pairing, type XCovWeights, xcovTask } from "./xcov.js";

const picture = { channels: 1, height: 6, width: 6 };
const each = 36;
const labels = ["top", "bottom", "left"];
const sizes = { picture, labels: 3, latents: 2 };
// Not of the small weights that digits begin with: from them latents are so alike that checks of them would check nothing.
const nets = architectureOf("jaffe").build({ ...sizes, hidden: [24, 16] });
const parts: XCovWeights = { alpha: 1.5, beta: 7, gamma: 11, zeta: 3 };
const count = 60;

/** A bar where the label says, on a ground whose two halves are lit as they like. */
function drawData(seed: number) {
  const random = seededRandom(seed);
  const label = Int32Array.from({ length: count }, () => random.below(3));
  const light = Array.from({ length: count }, () => [random.uniform(), random.uniform()]);
  const pixels = Uint8Array.from({ length: count * each }, (_, i) => {
    const [n, row, column] = [Math.floor(i / each), Math.floor((i % each) / 6), i % 6];
    const inBar = [row < 1, row > 4, column < 1][label[n]];
    return inBar ? 250 : Math.round(150 * light[n][column < 3 ? 0 : 1]);
  });
  return { label, pixels };
}

const { label, pixels } = drawData(4);
const opened: Trainer[] = [];
afterEach(async () => {
  for (const trainer of opened.splice(0)) await trainer.dispose();
});

interface Choice {
  readonly pairs?: boolean;
  readonly pairing?: Pairing;
  readonly batch?: number;
  readonly weights?: XCovWeights;
  readonly optimizer?: Optimizer;
}

async function open(choice: Choice = {}) {
  const { pairs = false, pairing = "own", batch = 20, weights = parts, optimizer = adamOptimizer() } = choice;
  const task = xcovTask({ ...sizes, nets, weights, pairs, pairing });
  const trainer = await Trainer.open({
    parameters: initialWeights(task.nets, 3),
    data: { pixels: Tensor.of("uint8", [count, 1, 6, 6], pixels), label: Tensor.of("int32", [count], label) },
    ...{ batch, draws: task.draws, loss: task.loss, optimizer, compile: { threads: 1 } },
  });
  opened.push(trainer);
  return { task, trainer };
}

/** What the models that come out make of some rows of the data. */
async function seen({ task, trainer }: Awaited<ReturnType<typeof open>>, rows: Int32Array) {
  const models = task.models(fullWeights(trainer.parameters()));
  const [encoder, decoder] = [models.encoder, models.decoder].map((one) => writeModel(one, { batchAxis: "N" }).bytes);
  const autoencoder = await openAutoencoder({ encoder, decoder, labels, compile: { threads: 1 } });
  const x = new Float32Array(rows.length * each);
  rows.forEach((row, n) => {
    for (let k = 0; k < each; k++) x[n * each + k] = pixels[row * each + k] / 255;
  });
  const codes = await autoencoder.encode(x);
  const drawn = await autoencoder.decode(codes.labels, codes.latents);
  await autoencoder.dispose();
  return { x, codes, drawn };
}

/** The parts of the loss, in plain loops over what the models gave. */
function figuresOf({ x, codes, drawn }: Awaited<ReturnType<typeof seen>>, rows: Int32Array) {
  const n = rows.length;
  let [error, entropy, right] = [0, 0, 0];
  x.forEach((v, i) => {
    error += (v - drawn[i]) ** 2 / n;
  });
  rows.forEach((row, i) => {
    const own = [...codes.labels.subarray(3 * i, 3 * i + 3)];
    entropy -= Math.log(own[label[row]]) / n;
    right += own.indexOf(Math.max(...own)) === label[row] ? 1 / n : 0;
  });
  return { error, entropy, right, covariance: crossCovarianceOf(codes.labels, codes.latents, n) };
}

const first = Int32Array.from({ length: 20 }, (_, i) => i);
const second = Int32Array.from({ length: 20 }, (_, i) => 59 - 2 * i);

test("of pictures: α times squared error, β times cross-entropy, γ times cross-covariance", async () => {
  const own = await open();
  const wanted = figuresOf(await seen(own, first), first);
  const found = await own.trainer.evaluate([first]);
  expect(Object.keys(found)).toEqual(["loss", "squared-error", "cross-entropy", "cross-covariance", "accuracy"]);
  expect(found["squared-error"]).toBeCloseTo(wanted.error, 4);
  expect(found["cross-entropy"]).toBeCloseTo(wanted.entropy, 5);
  expect(found["cross-covariance"]).toBeCloseTo(wanted.covariance, 7);
  expect(found.accuracy).toBeCloseTo(wanted.right, 6);
  const sum = 1.5 * wanted.error + 7 * wanted.entropy + 11 * wanted.covariance;
  expect(found.loss).toBeCloseTo(sum, 3);
  expect(wanted.covariance).toBeGreaterThan(1e-4);
});

test("of pairs: the same of both pictures, and ζ times the distance of their latents", async () => {
  const own = await open({ pairs: true });
  const [one, other] = [await seen(own, first), await seen(own, second)];
  const [a, b] = [figuresOf(one, first), figuresOf(other, second)];
  const distance = one.codes.latents.reduce((s, v, i) => s + (v - other.codes.latents[i]) ** 2, 0) / 20;
  const found = await own.trainer.evaluate([first, second]);
  expect(found["latent-distance"]).toBeCloseTo(distance, 4);
  expect(found["squared-error"]).toBeCloseTo((a.error + b.error) / 2, 4);
  expect(found["cross-covariance"]).toBeCloseTo((a.covariance + b.covariance) / 2, 6);
  const sum =
    1.5 * (a.error + b.error) + 7 * (a.entropy + b.entropy) + 11 * (a.covariance + b.covariance) + 3 * distance;
  expect(found.loss).toBeCloseTo(sum, 3);
  expect(distance).toBeGreaterThan(1e-3);
});

test("of exchanged pairs: each picture is rebuilt from its own label and the latents of the other", async () => {
  const own = await open({ pairs: true, pairing: "exchanged" });
  const models = own.task.models(fullWeights(own.trainer.parameters()));
  const [encoder, decoder] = [models.encoder, models.decoder].map((one) => writeModel(one, { batchAxis: "N" }).bytes);
  const autoencoder = await openAutoencoder({ encoder, decoder, labels, compile: { threads: 1 } });
  const shown = (rows: Int32Array) =>
    Float32Array.from(
      Array.from(rows).flatMap((row) => [...pixels.subarray(row * each, (row + 1) * each)]),
      (v) => v / 255,
    );
  const [one, other] = [shown(first), shown(second)];
  const [a, b] = [await autoencoder.encode(one), await autoencoder.encode(other)];
  const [drawnOne, drawnOther] = [
    await autoencoder.decode(a.labels, b.latents),
    await autoencoder.decode(b.labels, a.latents),
  ];
  await autoencoder.dispose();
  const error = (x: Float32Array, drawn: Float32Array) => x.reduce((sum, v, i) => sum + (v - drawn[i]) ** 2 / 20, 0);
  const wanted = (error(one, drawnOne) + error(other, drawnOther)) / 2;
  const found = await own.trainer.evaluate([first, second]);
  expect(found["squared-error"]).toBeCloseTo(wanted, 4);
  const usual = await (await open({ pairs: true })).trainer.evaluate([first, second]);
  expect(Math.abs(usual["squared-error"] - wanted)).toBeGreaterThan(1e-3);
});

test("with a focus, the error of a pair counts more where its pictures differ; the figure stays the plain error", async () => {
  const own = await open({ pairs: true, weights: { ...parts, focus: 20 } });
  const [one, other] = [await seen(own, first), await seen(own, second)];
  const counted = [one, other].reduce(
    (sum, { x, drawn }) =>
      sum + x.reduce((s, v, i) => s + (1 + 20 * Math.abs(one.x[i] - other.x[i])) * (v - drawn[i]) ** 2, 0) / 40,
    0,
  );
  const found = await own.trainer.evaluate([first, second]);
  const plain = await (await open({ pairs: true })).trainer.evaluate([first, second]);
  expect(found["squared-error"]).toBeCloseTo(plain["squared-error"], 5);
  expect(found.loss - plain.loss).toBeCloseTo(2 * 1.5 * (counted - found["squared-error"]), 2);
  expect(counted).toBeGreaterThan(2 * found["squared-error"]);
});

/** Epochs of shuffled rows. */
async function learn({ trainer }: Awaited<ReturnType<typeof open>>, steps: number, rate: number) {
  const random = seededRandom(8);
  for (let at = 0; at < steps; at += 50) {
    const draw = () => Int32Array.from({ length: 50 * 20 }, () => random.below(count));
    const draws = trainer.figures.includes("latent-distance") ? [draw(), draw()] : [draw()];
    await trainer.advance({ rows: draws, rates: new Float64Array(50).fill(rate) });
  }
}

test("the penalty takes the label out of the latents", async () => {
  const all = Int32Array.from({ length: count }, (_, i) => i);
  const found: Record<string, number>[] = [];
  for (const gamma of [0, 100]) {
    const own = await open({ weights: { ...parts, alpha: 1, beta: 10, gamma } });
    await learn(own, 400, 0.005);
    found.push(figuresOf(await seen(own, all), all));
  }
  const [free, held] = found;
  expect(held.right).toBeCloseTo(1, 9);
  expect(held.error).toBeLessThan(2);
  expect(held.covariance).toBeLessThan(free.covariance / 20);
});

test("ζ draws the latents of a pair together", async () => {
  const distances: number[] = [];
  for (const zeta of [0, 30]) {
    const own = await open({ pairs: true, weights: { ...parts, zeta } });
    await learn(own, 100, 0.005);
    distances.push((await own.trainer.evaluate([first, second]))["latent-distance"]);
  }
  expect(distances[1]).toBeLessThan(distances[0] / 10);
});

test("a part of weight 0 moves nothing", async () => {
  const own = await open({ weights: { alpha: 0, beta: 0, gamma: 0, zeta: 0 }, optimizer: sgd() });
  const before = own.trainer.parameters();
  await own.trainer.advance({ rows: [first], rates: [1] });
  const after = own.trainer.parameters();
  for (const [name, { data }] of Object.entries(before)) expect(after[name].data, name).toEqual(data);
});
