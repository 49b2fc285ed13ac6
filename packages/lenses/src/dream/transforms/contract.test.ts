import { readdirSync } from "node:fs";
import { compile, gradient, input } from "@noema/engine";
import { describe, expect, test } from "vitest";
import type { PictureSize } from "../../preprocessing.js";
import { type Random, seededRandom } from "../../random.js";
import { affineSample } from "./affine-sample.js";
import { jitter } from "./jitter.js";
import { lucidTransforms } from "./lucid.js";
import { rotate } from "./rotate.js";
import { scale } from "./scale.js";
import type { Transform } from "./transform.js";

/** By the file it is in. */
const examples: Readonly<Record<string, Transform>> = {
  "affine-sample": affineSample([jitter(2), scale([0.8]), rotate([30])]),
  jitter: affineSample([jitter(4)]),
  lucid: lucidTransforms[0],
  rotate: affineSample([rotate([-90, 45, 7])], { around: 0 }),
  scale: affineSample([scale([0.5, 1.3, 2.5])]),
};
const size: PictureSize = { batch: 2, channels: 3, height: 17, width: 22 };
const dims = [size.batch, size.channels, size.height, size.width];
const count = dims.reduce((a, b) => a * b);
const noise = (random: Random) => Float32Array.from({ length: count }, () => random.normal());
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, v, i) => sum + v * b[i], 0);

/** y = T(x), and the gradient of ⟨T(x), w⟩. */
async function applied(transform: Transform, x: Float32Array, w: Float32Array, seed: number) {
  const [pictures, weights] = [input("pictures", dims), input("weights", dims)];
  const drawn = Object.fromEntries(
    Object.entries(transform.draws(size)).map(([name, shape]) => [name, input(name, shape)]),
  );
  const y = transform.apply(pictures, drawn);
  const [back] = gradient(y, [pictures], { outputGradients: [weights] });
  const program = await compile({ inputs: { pictures, weights, ...drawn }, outputs: { y, back } }, { threads: 1 });
  const feeds = transform.draw(seededRandom(seed), { size, progress: 0.5 });
  const result = await program.run({ pictures: x, weights: w, ...feeds });
  await program.dispose();
  return { y: result.y.data as Float32Array, back: result.back.data as Float32Array };
}

test("every transform of the folder has an example", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !/test|^(affine|transform)[.]/.test(file));
  expect(Object.keys(examples).sort()).toEqual(files.map((file) => file.replace(".ts", "")).sort());
});

describe.each(Object.entries(examples))("%s", (_, transform) => {
  test.each([1, 2, 3, 4, 5])("its gradient is its exact adjoint: ⟨Tx, y⟩ = ⟨x, Tᵀy⟩, draw %i", async (seed) => {
    const random = seededRandom(seed);
    const [x, w] = [noise(random), noise(random)];
    const { y, back } = await applied(transform, x, w, seed);
    const { y: y0 } = await applied(transform, new Float32Array(count), w, seed);
    const linear = y.map((v, i) => v - y0[i]);
    const scaleOf = Math.sqrt(dot(linear, linear) * dot(w, w));
    expect(Math.abs(dot(linear, w) - dot(x, back)) / scaleOf).toBeLessThan(1e-6);
  });

  test("leaves a picture of its surroundings' colour as it is", async () => {
    const around = (await applied(transform, new Float32Array(count), new Float32Array(count), 9)).y;
    const colour = around.find((v) => v !== 0) ?? 0;
    const flat = new Float32Array(count).fill(colour);
    const { y } = await applied(transform, flat, flat, 9);
    expect(y.every((v) => Math.abs(v - colour) < 1e-5)).toBe(true);
  });
});
