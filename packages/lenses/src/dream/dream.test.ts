import { build, type Model } from "@noema/engine";
import { describe, expect, test } from "vitest";

import { plainRgb, tinyNetwork } from "../tiny-network.testing.js";
import { Dream, type DreamOptions } from "./dream.js";
import type { Image } from "./images/image.js";
import { channel } from "./objectives/channel.js";

function open(model: Model, options: Partial<DreamOptions> = {}): Promise<Dream> {
  return Dream.open({
    model,
    preprocessing: plainRgb,
    objective: channel({ layer: "features", unit: 1 }),
    seed: 0,
    compile: { threads: 1 },
    ...options,
  });
}

async function dreamt(steps: number, options: Partial<DreamOptions> = {}, batch = 1): Promise<Float32Array> {
  const dream = await open(tinyNetwork(batch, 20, 24), options);
  for (let i = 0; i < steps; i++) await dream.advance();
  const pictures = await dream.pictures();
  await dream.dispose();
  return pictures;
}

test("the same seed gives the same picture, another seed another", async () => {
  const first = await dreamt(8);
  expect(await dreamt(8)).toEqual(first);
  expect(await dreamt(8, { seed: 1 })).not.toEqual(first);
});

test("pictures are valid, and of the model's size", async () => {
  const pictures = await dreamt(12, {}, 2);
  expect(pictures.length).toBe(2 * 3 * 20 * 24);
  expect(pictures.every((v) => v >= 0 && v <= 1)).toBe(true);
});

test("one batch dreams of several units, and each picture rises for its own", async () => {
  const units = [0, 3];
  const dream = await open(tinyNetwork(2, 16, 16), {
    objective: channel({ layer: "features", unit: units }),
    transforms: [],
  });
  for (let i = 0; i < 40; i++) await dream.advance();
  const own = (await dream.advance()).objective;
  const pictures = await dream.pictures();
  await dream.dispose();
  // The same pictures shown in the other order please the other unit less.
  const half = pictures.length / 2;
  const swapped = Float32Array.from([...pictures.subarray(half), ...pictures.subarray(0, half)]);
  const fixed: Image = {
    shape: [2, 3, 16, 16],
    initial: () => swapped.map((v) => Math.log(v / (1 - v))),
    values: (parameters) => parameters,
    fit: (values) => values,
  };
  const other = await open(tinyNetwork(2, 16, 16), {
    objective: channel({ layer: "features", unit: units }),
    transforms: [],
    image: () => fixed,
    colours: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  });
  const exchanged = (await other.advance()).objective;
  await other.dispose();
  units.forEach((_, i) => {
    expect(own[i]).toBeGreaterThan(exchanged[i]);
  });
});

describe("refuses", () => {
  test.each([
    ["a unit beyond the layer's", channel({ layer: "features", unit: 6 }), /6 channels, 0 … 5.*UNIT_RANGE/],
    ["an unknown layer", channel({ layer: "feature", unit: 0 }), /"features".*LAYER_UNKNOWN/],
    ["as many units as there are not pictures", channel({ layer: "features", unit: [1, 2] }), /UNIT_COUNT/],
    ["an objective that is not one number a picture", { text: "x", build: () => build.zeros([3]) }, /OBJECTIVE_SHAPE/],
  ])("%s", async (_, objective, message) => {
    await expect(open(tinyNetwork(1, 16, 16), { objective })).rejects.toThrowError(message);
  });

  test("pictures of another layout than the network's", async () => {
    const preprocessing = { ...plainRgb, layout: "NHWC" as const };
    await expect(open(tinyNetwork(1, 16, 16), { preprocessing })).rejects.toThrowError(/INPUT_NOT_PICTURE/);
  });
});

test("stops where the objective is no longer a number, keeping the last pictures", async () => {
  const dream = await open(tinyNetwork(1, 16, 16), {
    objective: {
      text: "log",
      build: (scene) => build.log(build.sub(channel({ layer: "features", unit: 1 }).build(scene), 100)),
    },
  });
  await expect(dream.advance()).rejects.toThrowError(/step 1.*DREAM_DIVERGED/);
  expect((await dream.pictures()).every(Number.isFinite)).toBe(true);
  expect(dream.step).toBe(0);
  await dream.dispose();
});
