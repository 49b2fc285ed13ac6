import { readdirSync } from "node:fs";
import { build, compile, gradient, input, type Program, type Random, seededRandom } from "@noema/engine";
import { afterAll, describe, expect, test } from "vitest";
import type { PictureSize } from "../../preprocessing.js";
import { applyTransforms, drawTransforms } from "../apply-transforms.js";
import { affineSample } from "./affine-sample.js";
import { blur } from "./blur.js";
import { composed } from "./composed.js";
import { crop } from "./crop.js";
import { flip } from "./flip.js";
import { jitter } from "./jitter.js";
import { lucidTransforms } from "./lucid.js";
import { noise } from "./noise.js";
import { pad } from "./pad.js";
import { parseTransforms } from "./parse-transforms.js";
import { rotate } from "./rotate.js";
import { scale } from "./scale.js";
import type { Transform } from "./transform.js";

/** By the file it is in, and a letter where there are several. */
const examples: Readonly<Record<string, readonly Transform[]>> = {
  "affine-sample": [affineSample([jitter(2), scale([0.8]), rotate([30])])],
  "affine-sample, mirrored": [affineSample([pad(9), rotate({ from: -50, to: 50 })], { around: "mirrored" })],
  "affine-sample, mirrored and upright": [affineSample([pad(30), jitter(9)], { around: "mirrored" })],
  "affine-sample, random": [affineSample([pad(3), rotate([20])], { around: "random" })],
  "affine-sample, random and upright": [affineSample([pad(3)], { around: "random" })],
  blur: [blur([0, 0.6, 1.1, 9])],
  composed: composed([jitter(4), flip(), blur([1]), scale({ from: 0.9, to: 1.1 }), rotate([5])], { around: 0.25 }),
  crop: [affineSample([crop({ from: 0.8, to: 0.1 })])],
  flip: [affineSample([flip()])],
  jitter: [affineSample([jitter(4)])],
  lucid: lucidTransforms,
  noise: [noise({ from: 0.3, to: 0 })],
  pad: [affineSample([pad(5)], { around: 0 })],
  "parse-transforms": parseTransforms("pad:2 around:black rotate:4,5 blur:1 noise:0.1..0 crop:0.5..0.05").transforms,
  rotate: [affineSample([rotate([-90, 45, 7])], { around: 0 })],
  scale: [affineSample([scale([0.5, 1.3, 2.5])])],
};
const size: PictureSize = { batch: 2, channels: 3, height: 17, width: 22 };
const dims = [size.batch, size.channels, size.height, size.width];
const count = dims.reduce((a, b) => a * b);
const draws = (random: Random) => Float32Array.from({ length: count }, () => random.normal());
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);

const programs = new Map<readonly Transform[], Promise<Program>>();
afterAll(async () => {
  for (const program of programs.values()) await (await program).dispose();
});

function compiled(transforms: readonly Transform[]): Promise<Program> {
  const [pictures, weights] = [input("pictures", dims), input("weights", dims)];
  const { transform, drawn } = applyTransforms(transforms, size);
  const y = transform(pictures);
  const [back] = gradient(y, [pictures], { outputGradients: [weights] });
  return compile({ inputs: { pictures, weights, ...drawn }, outputs: { y, back } }, { threads: 1 });
}

/** y = T(x), and the gradient of ⟨T(x), w⟩. */
async function applied(transforms: readonly Transform[], x: Float32Array, w: Float32Array, seed: number) {
  const program = programs.get(transforms) ?? compiled(transforms);
  programs.set(transforms, program);
  const feeds = drawTransforms(transforms, seededRandom(seed), { size, progress: 0.5 });
  const { y, back } = await (await program).run({ pictures: x, weights: w, ...feeds });
  return { y: y.data as Float32Array, back: back.data as Float32Array };
}

test("every transform of the folder has an example", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter(
    (file) => !/test|^(affine|index|transform)[.]/.test(file),
  );
  const named = new Set(Object.keys(examples).map((name) => name.split(",")[0]));
  expect([...named].sort()).toEqual(files.map((file) => file.replace(".ts", "")).sort());
});

describe.each(Object.entries(examples))("%s", (name, transforms) => {
  test.each([1, 2, 3, 4, 5])("its gradient is its exact adjoint: ⟨Tx, y⟩ = ⟨x, Tᵀy⟩, draw %i", async (seed) => {
    const random = seededRandom(seed);
    const [x, w] = [draws(random), draws(random)];
    const { y, back } = await applied(transforms, x, w, seed);
    const { y: y0 } = await applied(transforms, new Float32Array(count), w, seed);
    const linear = y.map((v, i) => v - y0[i]);
    const scaleOf = Math.sqrt(dot(linear, linear) * dot(w, w));
    expect(Math.abs(dot(linear, w) - dot(x, back)) / scaleOf).toBeLessThan(1e-6);
  });

  const isNoisy = name === "noise" || name === "parse-transforms";
  test.skipIf(isNoisy)("leaves a picture of its surroundings' colour as it is (noise does not)", async () => {
    // Of a black picture with bright surroundings, the brightest of each plane is outside.
    const black = (await applied(transforms, new Float32Array(count), new Float32Array(count), 9)).y;
    const plane = size.height * size.width;
    const colours = Array.from({ length: size.channels }, (_, c) =>
      Math.max(...black.subarray(c * plane, (c + 1) * plane)),
    );
    const flat = Float32Array.from({ length: count }, (_, i) => colours[Math.floor(i / plane) % size.channels]);
    const { y } = await applied(transforms, flat, flat, 9);
    expect(y.every((v, i) => Math.abs(v - flat[i]) < 1e-5)).toBe(true);
  });
});

test("the adjoint of many large planes, which is computed in parts, is exact too", async () => {
  const large: PictureSize = { batch: 2, channels: 3, height: 300, width: 320 };
  const shape = [2, 3, 300, 320];
  const random = seededRandom(4);
  const [x, w] = [1, 2].map(() => Float32Array.from({ length: shape.reduce((a, b) => a * b) }, random.uniform));
  const { transform, drawn } = applyTransforms(lucidTransforms, large);
  const [pictures, weights] = [input("pictures", shape), input("weights", shape)];
  const y = build.sub(transform(pictures), transform(build.mul(pictures, 0)));
  const [back] = gradient(y, [pictures], { outputGradients: [weights] });
  const program = await compile({ inputs: { pictures, weights, ...drawn }, outputs: { y, back } }, { threads: 1 });
  const feeds = drawTransforms(lucidTransforms, seededRandom(6), { size: large, progress: 0 });
  const result = await program.run({ pictures: x, weights: w, ...feeds });
  await program.dispose();
  const [there, andBack] = [dot(result.y.data as Float32Array, w), dot(x, result.back.data as Float32Array)];
  expect(Math.abs(there - andBack) / Math.abs(there)).toBeLessThan(1e-6);
});
