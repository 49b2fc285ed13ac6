import { build, input, type Model, readModel, seededRandom, substitution, writeModel } from "@noema/engine";
import { describe, expect, test } from "vitest";
import type { Preprocessing } from "../../preprocessing.js";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { channel } from "../objectives/channel.js";
import type { Objective } from "../objectives/objective.js";
import { DeepDream, type DeepDreamOptions, type DeepDreamStep, type Photograph } from "./deepdream.js";
import { guide } from "./guide.js";
import type { PlaneSize } from "./resample.js";

/** Mean of the squares of `features`. */
const squares: Objective = {
  text: "squares",
  build: (scene) => {
    const features = scene.layer("features");
    return build.reduceMean(build.mul(features, features), [1, 2, 3], { keepdims: false });
  },
};

const tiny = async ({ width, height }: PlaneSize) => tinyNetwork(1, height, width);

/** Soft waves, and a little noise on them. */
function photograph(width: number, height: number, channels = 3): Photograph {
  const random = seededRandom(5);
  const data = Float32Array.from({ length: channels * width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width) % height];
    return 0.5 + 0.2 * Math.sin(x / 7) * Math.cos(y / 5) + 0.1 * (random.uniform() - 0.5);
  });
  return { width, height, channels, data };
}

function open(options: Partial<DeepDreamOptions> = {}): Promise<DeepDream> {
  const given = { model: tiny, preprocessing: plainRgb, objective: squares, photograph: photograph(48, 40), seed: 0 };
  return DeepDream.open({ ...given, octaves: 2, iterations: 3, jitter: 4, compile: { threads: 1 }, ...options });
}

async function dreamt(options: Partial<DeepDreamOptions> = {}) {
  const dream = await open(options);
  const steps: DeepDreamStep[] = [];
  while (!dream.finished) steps.push(await dream.advance());
  const { done, total } = dream.progress;
  expect(done).toBe(total);
  const picture = dream.picture();
  await dream.dispose();
  return { picture, steps };
}

test("the objective rises in every octave, the picture stays valid, and is still the photograph", async () => {
  const { picture, steps } = await dreamt({ iterations: 6 });
  for (const octave of [1, 2]) {
    const values = steps.filter((step) => step.octave === octave).map(({ objective }) => objective ?? 0);
    expect(values.length).toBe(6);
    expect(values[5]).toBeGreaterThan(1.05 * values[0]);
  }
  expect(picture.every((v) => v >= 0 && v <= 1)).toBe(true);
  const before = photograph(48, 40).data;
  const change = picture.reduce((sum, v, i) => sum + Math.abs(v - before[i]), 0) / picture.length;
  expect(change).toBeGreaterThan(0.01);
  expect(change).toBeLessThan(0.1);
});

test("the same seed gives the same picture, another one another", async () => {
  const first = await dreamt();
  expect((await dreamt()).picture).toEqual(first.picture);
  expect((await dreamt({ seed: 1 })).picture).not.toEqual(first.picture);
});

test("an iteration changes the picture by its strength, however it is tiled", async () => {
  const before = photograph(200, 90).data;
  const one = { photograph: photograph(200, 90), octaves: 1, iterations: 1, jitter: 0, strength: 2, smooth: 0 };
  for (const tile of [96, 640]) {
    const { picture } = await dreamt({ ...one, tile });
    const change = picture.reduce((sum, v, i) => sum + Math.abs(v - before[i]), 0) / picture.length;
    expect(255 * change).toBeCloseTo(2, 2);
  }
});

test("away from its borders, the network sees no tiles: small ones give the gradient of one that shows all", async () => {
  const one = { photograph: photograph(200, 150), octaves: 1, iterations: 1, jitter: 0 };
  const whole = await dreamt({ ...one, tile: 640 });
  // What this network sees of a pixel's surroundings is less than what is cut away.
  const tiled = await dreamt({ ...one, tile: 96 });
  const fixed = await dreamt({ ...one, tile: { width: 80, height: 96 } });
  const most = (other: Float32Array) => whole.picture.reduce((m, v, i) => Math.max(m, Math.abs(v - other[i])), 0);
  expect(most(tiled.picture)).toBeLessThan(1e-5);
  expect(most(fixed.picture)).toBeLessThan(1e-5);
});

test("where what is beyond a tile would matter, tiles fade into each other: no seams", async () => {
  // The slope grows with the cube of the tile's own mean: what two tiles say of the pixels between them differs widely.
  const steep: Objective = {
    text: "steep",
    build: (scene) => build.pow(build.reduceMean(scene.layer("features"), [1, 2, 3], { keepdims: false }), 4),
  };
  const [width, height] = [320, 32];
  const data = Float32Array.from({ length: 3 * width * height }, (_, i) => {
    const x = i % width;
    return 0.5 + 0.3 * Math.sin((2 * Math.PI * x) / width) + 0.02 * (x % 2);
  });
  const one = { octaves: 1, iterations: 1, jitter: 0, smooth: 0 };
  const dream = await open({ ...one, photograph: { width, height, channels: 3, data }, objective: steep, tile: 96 });
  while (!dream.finished) await dream.advance();
  const change = dream.picture().map((v, i) => v - data[i]);
  await dream.dispose();
  const size = mean(Array.from(change, Math.abs));
  // Between each column of pixels and the one after the next, which has the same pattern: around the ring.
  const across = Array.from({ length: width }, (_, x) =>
    mean(
      Array.from({ length: 3 * height }, (_, row) =>
        Math.abs(change[row * width + x] - change[row * width + ((x + 2) % width)]),
      ),
    ),
  );
  // A cut would show as 0.8 of the change itself; faded over nine pixels it is 0.26.
  expect(Math.max(...across)).toBeLessThan(0.35 * size);
});

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe("any size is dreamt on", () => {
  test.each([
    [1, 1],
    [1, 33],
    [65, 1],
    [7, 5],
    [97, 101],
  ])("%i×%i", async (width, height) => {
    const { picture } = await dreamt({ photograph: photograph(width, height), octaves: 3, iterations: 2, tile: 64 });
    expect(picture.length).toBe(3 * width * height);
    expect(picture.every((v) => v >= 0 && v <= 1)).toBe(true);
  });
});

test("grey networks dream in grey", async () => {
  const { picture } = await dreamt({
    model: async ({ width, height }) => grey(width, height),
    preprocessing: { ...plainRgb, channels: "grey", mean: [0], scale: [1] } satisfies Preprocessing,
    photograph: photograph(40, 30, 1),
  });
  expect(picture.length).toBe(40 * 30);
  expect(picture).not.toEqual(photograph(40, 30, 1).data);
});

/** The tiny network, its three channels fed from one. */
function grey(width: number, height: number): Model {
  const three = tinyNetwork(1, height, width);
  const one = input("grey", [1, 1, height, width]);
  const features = substitution(new Map([[three.input(), build.expand(one, [1, 3, height, width])]]))(
    three.value("features"),
  );
  return readModel(writeModel({ inputs: { grey: one }, outputs: { features } }).bytes);
}

test("a guide's features draw the picture towards them, and away from what it would become alone", async () => {
  const picture = photograph(12, 12).data.map((v, i) => (i < 144 ? 1 - v : v * v));
  const guided = await guide({ model: tinyNetwork(1, 12, 12), preprocessing: plainRgb, layer: "features", picture });
  const { picture: result, steps } = await dreamt({ objective: guided, iterations: 6 });
  const values = steps.filter(({ octave }) => octave === 2).map(({ objective }) => objective ?? 0);
  expect(values[5]).toBeGreaterThan(values[0]);
  expect(result).not.toEqual((await dreamt({ iterations: 6 })).picture);
});

test("a guide in which the layer sees nothing is refused", async () => {
  const black = new Float32Array(3 * 64);
  const blind = guide({ model: tinyNetwork(1, 8, 8), preprocessing: plainRgb, layer: "features", picture: black });
  await expect(blind).rejects.toThrowError(/sees nothing.*GUIDE_BLIND/);
});

test("at any time there is a whole picture, and before the first iteration it is the photograph", async () => {
  const dream = await open();
  const start = dream.picture();
  photograph(48, 40).data.forEach((v, i) => {
    expect(Math.abs(start[i] - v)).toBeLessThan(1e-6);
  });
  await dream.advance();
  const later = dream.picture();
  expect(later.length).toBe(start.length);
  expect(later).not.toEqual(start);
  await dream.dispose();
  await dream.dispose();
});

test("stops where the gradient is no longer a number, naming where, and keeps the picture of before", async () => {
  const root: Objective = { text: "root", build: (scene) => build.log(build.sub(1e-6, squares.build(scene))) };
  const dream = await open({ objective: root });
  const before = dream.picture();
  await expect(dream.advance()).rejects.toThrowError(/octave 1 of 2, iteration 1, objective root.*DREAM_DIVERGED/);
  expect(dream.picture()).toEqual(before);
  await dream.dispose();
});

describe("refuses", () => {
  const small = photograph(8, 8);
  test.each<[string, Partial<DeepDreamOptions>, RegExp]>([
    ["an unknown layer", { objective: channel({ layer: "feature", unit: 0 }) }, /"features".*LAYER_UNKNOWN/],
    ["a photograph of other channels", { photograph: photograph(8, 8, 1) }, /PHOTOGRAPH_SIZE/],
    ["one of too few numbers", { photograph: { ...small, width: 9 } }, /PHOTOGRAPH_SIZE/],
    ["one without pixels", { photograph: { ...small, width: 0, data: new Float32Array(0) } }, /PHOTOGRAPH_SIZE/],
    ["one of no numbers", { photograph: { ...small, data: small.data.fill(Number.NaN, 3, 4) } }, /PHOTOGRAPH_VALUES/],
    ["no octave", { octaves: 0 }, /OCTAVES/],
    ["octaves of one size", { octaveScale: 1 }, /OCTAVES/],
    ["a tile of nothing", { tile: 0 }, /DREAM_OPTION/],
    ["no iteration", { iterations: 0 }, /DREAM_OPTION/],
    ["a strength that is not a number", { strength: Number.NaN }, /DREAM_OPTION/],
  ])("%s", async (_, options, message) => {
    await expect(open(options)).rejects.toThrowError(message);
  });
});
