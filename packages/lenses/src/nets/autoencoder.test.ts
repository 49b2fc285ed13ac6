/** @file An autoencoder: plain or variational it learns, as model files it gives pictures back; the noise is a step's own. */
import { adamOptimizer, seededRandom, Tensor, Trainer, writeModel } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { type AutoencoderTaskOptions, autoencoderTask, spatialSizes } from "./autoencoder.js";
import { initialWeights } from "./net.js";
import { openCoder } from "./open-coder.js";
import type { Task } from "./task.js";
import { fullWeights } from "./weights.js";

const picture = { channels: 1, height: 9, width: 7 };
const each = 63;
const sizes: AutoencoderTaskOptions = { picture, hidden: [8, 16, 32], latents: 4 };
const variational = { beta: 1, warmUp: 20 };

/** A light bar on a dark ground: where it lies and how light it is are all that differs. */
function drawPictures(count: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const pixels = new Uint8Array(count * each).fill(20);
  for (let n = 0; n < count; n++) {
    const [row, light] = [random.below(8), 120 + random.below(120)];
    pixels.fill(light, n * each + 7 * row, n * each + 7 * (row + 2));
  }
  return pixels;
}

const shown = (pixels: Uint8Array) => Float32Array.from(pixels, (v) => v / 255);

const [batch, steps] = [20, 150];

/** Takes its steps in pieces of so many. */
async function trained(task: Task, { piece = 50, from = undefined as Trainer["state"] | undefined, end = steps } = {}) {
  const trainer = await Trainer.open({
    parameters: initialWeights(task.nets, 1),
    data: { pixels: Tensor.of("uint8", [100, 1, 9, 7], drawPictures(100, 1)) },
    noise: task.noise?.shapes(batch) ?? {},
    ...{ batch, loss: task.loss, optimizer: adamOptimizer(), compile: { threads: 1 } },
  });
  if (from !== undefined) trainer.restore(from);
  const figures: Record<string, number[]> = {};
  while (trainer.step < end) {
    const [start, count] = [trainer.step, Math.min(piece, end - trainer.step)];
    const drawn = Array.from({ length: count }, (_, i) => task.noise?.at(start + i, { batch, seed: 3 }) ?? {});
    const noise = Object.fromEntries(
      Object.keys(drawn[0]).map((name) => [name, Float32Array.from(drawn.flatMap((one) => [...one[name]]))]),
    );
    const rows = Int32Array.from({ length: count * batch }, (_, i) => (start * batch + i) % 100);
    const found = await trainer.advance({ rows: [rows], rates: new Float64Array(count).fill(0.005), noise });
    for (const [name, values] of Object.entries(found)) figures[name] = [...(figures[name] ?? []), ...values];
  }
  const still = await trainer.evaluate([Int32Array.from({ length: 100 }, (_, i) => i)], task.noise?.still(batch));
  const [weights, state] = [trainer.parameters(), trainer.state];
  await trainer.dispose();
  const models = Object.fromEntries(
    Object.entries(task.models(fullWeights(weights))).map(([name, model]) => [
      name,
      writeModel(model, { batchAxis: "N" }).bytes,
    ]),
  );
  return { encoder: models.encoder, decoder: models.decoder, figures, state, still };
}

/** Model files of the weights that training would begin with. */
function modelsOf(task: Task) {
  const written = task.models(fullWeights(initialWeights(task.nets, 1)));
  return {
    encoder: writeModel(written.encoder, { batchAxis: "N" }).bytes,
    decoder: writeModel(written.decoder, { batchAxis: "N" }).bytes,
  };
}

/** Mean squared error of pictures that taught nothing, and their variance. */
async function onOthers({ encoder, decoder }: { encoder: Uint8Array; decoder: Uint8Array }) {
  const coder = await openCoder({ encoder, decoder, compile: { threads: 1 } });
  const pictures = shown(drawPictures(70, 2));
  const coded = await coder.encode(pictures);
  const back = await coder.decode(coded.latents);
  const { picture: size, latents, variational: spreads } = coder;
  await coder.dispose();
  const mean = Float64Array.from({ length: each }, (_, i) => {
    let sum = 0;
    for (let n = 0; n < 70; n++) sum += pictures[n * each + i];
    return sum / 70;
  });
  let [error, variance] = [0, 0];
  for (let i = 0; i < pictures.length; i++) {
    error += (back[i] - pictures[i]) ** 2;
    variance += (pictures[i] - mean[i % each]) ** 2;
  }
  return { coded, explained: 1 - error / variance, size, latents, spreads };
}

describe("a plain one", () => {
  test("gives pictures back that it has not seen, through its model files", async () => {
    const found = await onOthers(await trained(autoencoderTask(sizes)));
    expect(found).toMatchObject({ size: picture, latents: 4, spreads: false });
    expect(found.coded.latents).toHaveLength(70 * 4);
    expect(found.coded.logVariance).toBeUndefined();
    expect(found.explained).toBeGreaterThan(0.8);
  });

  test("is given no noise", () => {
    expect(autoencoderTask(sizes).noise).toBeUndefined();
  });
});

describe("a variational one", () => {
  const task = autoencoderTask({ ...sizes, variational });

  test("gives pictures back, and says how sure its codes are", async () => {
    const run = await trained(task);
    const { coded, explained, spreads } = await onOthers(run);
    expect(spreads).toBe(true);
    expect(explained).toBeGreaterThan(0.7);
    const divergence = coded.logVariance!.reduce(
      (sum, spread, i) => sum + (coded.latents[i] ** 2 + Math.exp(spread) - 1 - spread) / 2,
      0,
    );
    // What the graph calls KL is that of the models' own outputs.
    expect(divergence / 70).toBeGreaterThan(1);
    expect(divergence / 70 / run.still["kl-divergence"]).toBeCloseTo(1, 0);
    // The means are what is looked at; with the noise of a step the error is larger.
    const last = run.figures["squared-error"].slice(-10).reduce((a, b) => a + b) / 10;
    expect(run.still["squared-error"]).toBeLessThan(last);
  });

  test("goes on where it was stopped to the same bytes, in whatever pieces", async () => {
    const whole = await trained(task, { end: 30 });
    const half = await trained(task, { end: 13, piece: 4 });
    const rest = await trained(task, { from: half.state, end: 30, piece: 7 });
    expect(Buffer.compare(rest.encoder, whole.encoder)).toBe(0);
    expect(Buffer.compare(rest.decoder, whole.decoder)).toBe(0);
  });

  test("is drawn noise that belongs to the step and the seed; β rises over the warm-up, and is whole where nothing is learned", () => {
    const noise = task.noise!;
    const at = (step: number, seed: number) => noise.at(step, { batch: 500, seed });
    expect(at(5, 1)).toEqual(at(5, 1));
    expect(at(5, 1).latents).not.toEqual(at(6, 1).latents);
    expect(at(5, 1).latents).not.toEqual(at(5, 2).latents);
    const { latents } = at(5, 1);
    expect(latents).toHaveLength(2000);
    expect(Math.abs(latents.reduce((a, b) => a + b) / 2000)).toBeLessThan(0.1);
    expect(latents.reduce((a, b) => a + b * b, 0) / 2000).toBeCloseTo(1, 0);
    const betas = [0, 9, 19, 20, 1000].map((step) => at(step, 1).beta[0]);
    expect(betas[0]).toBeGreaterThan(0);
    expect(betas).toEqual([...betas].sort((a, b) => a - b));
    expect(betas.slice(3)).toEqual([1, 1]);
    expect(noise.still(2)).toEqual({ latents: new Float32Array(8), beta: Float32Array.of(1) });
  });

  test("with a larger β its codes say less", async () => {
    const [cheap, dear] = await Promise.all(
      [0.1, 10].map((beta) => trained(autoencoderTask({ ...sizes, variational: { beta, warmUp: 0 } }), { end: 80 })),
    );
    expect(dear.still["kl-divergence"]).toBeLessThan(0.7 * cheap.still["kl-divergence"]);
  });
});

describe("a spatial one", () => {
  /** Of its models, begun but not trained. */
  async function opened(options: Partial<AutoencoderTaskOptions> & { readonly latents: number }) {
    const { encoder, decoder } = modelsOf(autoencoderTask({ ...sizes, spatial: true, ...options }));
    return openCoder({ encoder, decoder, compile: { threads: 1 } });
  }

  test.each([
    { picture, hidden: [8, 16], places: 3 * 2 },
    { picture: { channels: 3, height: 5, width: 16 }, hidden: [4], places: 3 * 8 },
    { picture: { channels: 3, height: 16, width: 21 }, hidden: [4, 8, 6], places: 2 * 3 },
  ])("has so many numbers per place, and pictures of their own size: $picture", async ({ places, ...of }) => {
    const coder = await opened({ ...of, latents: 5 * places, variational });
    const size = of.picture.channels * of.picture.height * of.picture.width;
    const { latents, logVariance } = await coder.encode(new Float32Array(2 * size).fill(0.5));
    const back = await coder.decode(latents);
    expect(coder).toMatchObject({ picture: of.picture, latents: 5 * places });
    await coder.dispose();
    expect([latents.length, logVariance!.length, back.length]).toEqual([10 * places, 10 * places, 2 * size]);
  });

  test.each([{ variational: undefined }, { variational }])("learns, and gives pictures back: %o", async (kind) => {
    const task = autoencoderTask({ ...sizes, hidden: [8, 16], latents: 12, spatial: true, ...kind });
    const run = await trained(task, { end: 100 });
    const errors = run.figures["squared-error"];
    expect(errors.at(-1)!).toBeLessThan(errors[0] / 3);
    expect(task.draws).toBe(1);
    const found = await onOthers(run);
    expect(found).toMatchObject({ latents: 12, spreads: kind.variational !== undefined });
    expect(found.explained).toBeGreaterThan(0.5);
  });

  test("begins with the same weights for the same seed", () => {
    const task = autoencoderTask({ ...sizes, latents: 8 * 2, hidden: [8, 16, 4], spatial: true });
    expect(initialWeights(task.nets, 4)).toEqual(initialWeights(task.nets, 4));
    expect(Object.keys(initialWeights(task.nets, 4)).filter((name) => name.endsWith("weight"))).toEqual(
      ["encoder.1", "encoder.2", "encoder.3", "latents", "decoder.3", "decoder.2", "decoder.1", "picture"].map(
        (name) => `${name}.weight`,
      ),
    );
  });

  test("a latent changes pixels near its place, and none that are farther than the convolutions reach", async () => {
    const side = 32;
    const coder = await opened({
      picture: { channels: 1, height: side, width: side },
      hidden: [4, 6],
      latents: 2 * 64,
    });
    const from = Float32Array.from({ length: 128 }, (_, i) => Math.sin(i * 12.9898));
    const to = from.slice();
    // Both channels of the place in row 2, column 5 of the map of 8×8.
    for (const channel of [0, 1]) to[64 * channel + 8 * 2 + 5] += 3;
    const [before, after] = [await coder.decode(from), await coder.decode(to)];
    await coder.dispose();
    const changed = [...before.keys()].filter((i) => before[i] !== after[i]);
    const [rows, columns] = [changed.map((i) => Math.floor(i / side)), changed.map((i) => i % side)];
    // Two convolutions reach a place each at a quarter of the size, and one at half of it: 2 · 4 + 2 pixels.
    expect([Math.min(...rows), Math.max(...rows)]).toEqual([Math.max(0, 8 - 10), 11 + 10]);
    expect([Math.min(...columns), Math.max(...columns)]).toEqual([20 - 10, Math.min(side - 1, 23 + 10)]);
  });

  test("a picture changes the latents of places near what changed, and no others", async () => {
    const side = 32;
    const coder = await opened({
      picture: { channels: 1, height: side, width: side },
      hidden: [4, 6],
      latents: 2 * 64,
    });
    const from = Float32Array.from({ length: side * side }, (_, i) => Math.abs(Math.sin(i * 12.9898)));
    const to = from.slice();
    to[side * 30 + 1] = 3;
    const [before, after] = [await coder.encode(from), await coder.encode(to)];
    await coder.dispose();
    const places = [...before.latents.keys()].filter((i) => before.latents[i] !== after.latents[i]).map((i) => i % 64);
    expect(places.length).toBeGreaterThan(0);
    for (const place of places) expect([Math.floor(place / 8) >= 6, place % 8 <= 1]).toEqual([true, true]);
  });

  test.each([
    [32, [32, 64, 128], 128],
    [64, [32, 64, 128, 128], 128],
    [96, [32, 64, 128, 128], 144],
    [128, [32, 64, 128, 128], 128],
    [256, [32, 64, 128, 128], 256],
    [3, [32], 128],
  ])("of pictures of %i pixels has by itself convolutions %j and %i latents", (side, hidden, latents) => {
    const square = { channels: 3, height: side, width: side };
    expect(spatialSizes(square, {})).toEqual({ hidden, latents });
    expect(() => autoencoderTask({ picture: square, hidden, latents, spatial: true })).not.toThrow();
    expect(spatialSizes(square, { latents: 7 }).latents).toBe(7);
    expect(spatialSizes({ ...square, width: 2 * side }, { hidden: [5] }).hidden).toEqual([5]);
  });

  test.each([
    [{ latents: 15 }, /latents: 15.*a multiple of 6, the places of the 3×2 map.*Nearest: 18\..*AUTOENCODER_OPTION/],
    [{ latents: 2 }, /Nearest: 6\..*AUTOENCODER_OPTION/],
    [{ latents: 6, hidden: [] }, /at least one.*ARCHITECTURE_SHAPE/],
    [{ latents: 0 }, /latents: 0.*AUTOENCODER_OPTION/],
  ])("%o is refused", (wrong, message) => {
    expect(() => autoencoderTask({ ...sizes, hidden: [8, 16], spatial: true, ...wrong })).toThrow(message);
  });
});

test.each([
  ["no hidden layer", { hidden: [8] }, /ARCHITECTURE_SHAPE/],
  ["no latents", { latents: 0 }, /latents: 0.*AUTOENCODER_OPTION/],
  ["a β below 0", { variational: { beta: -1, warmUp: 0 } }, /AUTOENCODER_OPTION/],
  ["a β that is no number", { variational: { beta: Number.NaN, warmUp: 0 } }, /AUTOENCODER_OPTION/],
  ["half a step of warm-up", { variational: { beta: 1, warmUp: 0.5 } }, /AUTOENCODER_OPTION/],
])("%s is refused", (_, wrong, message) => {
  expect(() => autoencoderTask({ ...sizes, ...wrong })).toThrow(message);
});

describe("two models that do not fit are refused", () => {
  const models = (options: AutoencoderTaskOptions) => modelsOf(autoencoderTask(options));
  const own = models(sizes);

  test.each([
    ["other latents", { ...sizes, latents: 5 }, /decoder's latents: 5.*encoder has 4.*AUTOENCODER_SHAPE/],
    [
      "other pictures",
      { ...sizes, picture: { ...picture, width: 8 } },
      /decoder's picture: 1×9×8.*encoder has 1×9×7.*AUTOENCODER_SHAPE/,
    ],
  ])("%s", async (_, other, message) => {
    await expect(openCoder({ encoder: own.encoder, decoder: models(other).decoder })).rejects.toThrow(message);
  });

  test("the wrong way round", async () => {
    await expect(openCoder({ encoder: own.decoder, decoder: own.encoder })).rejects.toThrow(/INPUT_UNKNOWN/);
  });
});
