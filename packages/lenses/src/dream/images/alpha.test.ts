import { build, type Value } from "@noema/engine";
import { expect, test } from "vitest";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { Dream, type DreamOptions } from "../dream.js";
import type { Objective } from "../objectives/objective.js";
import { parseObjective } from "../objectives/parse-objective.js";
import { alpha } from "./alpha.js";
import { pixels } from "./pixels.js";

const [height, width] = [24, 24];

async function opacityAfter(steps: number, options: Partial<DreamOptions>): Promise<Float32Array> {
  const dream = await Dream.open({
    model: tinyNetwork(1, height, width),
    preprocessing: plainRgb,
    objective: parseObjective("channel:features:1"),
    image: alpha.create,
    transforms: [],
    seed: 0,
    compile: { threads: 1 },
    ...options,
  });
  for (let i = 0; i < steps; i++) await dream.advance();
  const pictures = await dream.pictures();
  await dream.dispose();
  expect(dream.channels).toBe(4);
  return pictures.slice(3 * height * width);
}

/** To look like a photograph in the left half, whatever is behind; less the opacity everywhere. */
const leftHalf: Objective = {
  text: "left",
  build: (scene) => {
    const left = (layer: Value) => build.slice(layer, [0], [width / 2], [3]);
    const wanted = left(scene.seen(scene.photograph("grey"), "features"));
    const apart = build.sub(left(scene.layer("features")), wanted);
    const opacity = build.reduceMean(scene.opacity!, [1, 2, 3], { keepdims: false });
    const difference = build.reduceMean(build.mul(apart, apart), [1, 2, 3], { keepdims: false });
    return build.neg(build.add(difference, build.mul(opacity, 0.02)));
  },
};

const meanOf = (opacity: Float32Array, columns: (x: number) => boolean) => {
  const kept = opacity.filter((_, i) => columns(i % width));
  return kept.reduce((sum, v) => sum + v) / kept.length;
};

test.each([
  ["fourier", alpha.create],
  ["pixels", (size: Parameters<typeof pixels.create>[0]) => alpha.create(size, { of: pixels.create })],
])("opacity goes where the objective does not need it, %s", async (_, image) => {
  const opacity = await opacityAfter(60, {
    objective: leftHalf,
    photographs: { grey: new Float32Array(3 * height * width).fill(0.5) },
    image,
  });
  const needed = meanOf(opacity, (x) => x < width / 2 - 2);
  const rest = meanOf(opacity, (x) => x > width / 2 + 1);
  expect(needed).toBeGreaterThan(0.55);
  expect(rest).toBeLessThan(0.3);
});

test("the penalty thins pictures out", async () => {
  const without = await opacityAfter(40, {});
  const withIt = await opacityAfter(40, { objective: parseObjective("channel:features:1 - 3*opacity") });
  expect(meanOf(withIt, () => true)).toBeLessThan(meanOf(without, () => true) - 0.2);
});

test("another seed has another backdrop, the same seed the same", async () => {
  const first = await opacityAfter(3, {});
  expect(await opacityAfter(3, {})).toEqual(first);
  expect(await opacityAfter(3, { seed: 1 })).not.toEqual(first);
});
