import { compile, input } from "@noema/engine";
import { expect, test } from "vitest";
import { seededRandom } from "../../random.js";
import type { Affine } from "./affine.js";
import { affineSample } from "./affine-sample.js";
import { jitter } from "./jitter.js";
import { rotate } from "./rotate.js";
import { scale } from "./scale.js";

const [height, width] = [9, 12];

async function sampled(picture: Float32Array, affine: Affine, around: number): Promise<Float32Array> {
  const transform = affineSample([() => affine], { around });
  const [pictures, map] = [input("pictures", [1, 1, height, width]), input("affine", [2, 3])];
  const y = transform.apply(pictures, { affine: map });
  const program = await compile({ inputs: { pictures, map }, outputs: { y } }, { threads: 1 });
  const result = await program.run({
    pictures: picture,
    map: transform.draw(seededRandom(0), { size: { batch: 1, channels: 1, height, width }, progress: 0 }).affine,
  });
  await program.dispose();
  return result.y.data as Float32Array;
}

/** Bilinear interpolation, written out; what lies outside is `around`. */
function reference(picture: Float32Array, [a, b, c, d, e, f]: Affine, around: number): number[] {
  const at = (y: number, x: number) => (y < 0 || x < 0 || y >= height || x >= width ? around : picture[y * width + x]);
  return Array.from({ length: height * width }, (_, i) => {
    const [x, y] = [(i % width) - (width - 1) / 2, Math.floor(i / width) - (height - 1) / 2];
    const [u, v] = [a * x + b * y + c + (width - 1) / 2, d * x + e * y + f + (height - 1) / 2];
    const [u0, v0] = [Math.floor(u), Math.floor(v)];
    const [du, dv] = [u - u0, v - v0];
    const upper = (1 - du) * at(v0, u0) + du * at(v0, u0 + 1);
    const lower = (1 - du) * at(v0 + 1, u0) + du * at(v0 + 1, u0 + 1);
    return (1 - dv) * upper + dv * lower;
  });
}

test.each<[string, Affine]>([
  ["nothing", [1, 0, 0, 0, 1, 0]],
  ["whole pixels", [1, 0, 3, 0, 1, -2]],
  ["part of a pixel", [1, 0, 0.25, 0, 1, 0.6]],
  ["a turn and a stretch", [0.9, -0.3, 1.2, 0.2, 1.1, -0.7]],
  ["far outside", [1, 0, 100, 0, 1, -40]],
  ["much smaller", [3, 0, 0.1, 0, 3, 0.2]],
])("interpolates linearly: %s", async (_, affine) => {
  const random = seededRandom(1);
  const picture = Float32Array.from({ length: height * width }, () => random.uniform());
  const found = await sampled(picture, affine, 0.5);
  reference(picture, affine, 0.5).forEach((v, i) => {
    expect(found[i]).toBeCloseTo(v, 4);
  });
});

const moment = { size: { batch: 1, channels: 1, height, width }, progress: 0 };

test("composes moves in the order in which the picture undergoes them", () => {
  // Twice as large, then 4 pixels to the left in the enlarged picture: 2 pixels of the picture itself.
  const enlarged = affineSample([scale([2]), () => [1, 0, 4, 0, 1, 0]]).draw(seededRandom(0), moment);
  expect([...enlarged.affine]).toEqual([0.5, 0, 2, 0, 0.5, 0]);
});

test("draws what Lucid draws", () => {
  const random = seededRandom(4);
  const draws = Array.from({ length: 2000 }, () => jitter(8)(random, moment));
  expect(new Set(draws.map((m) => m[2])).size).toBe(9);
  expect(Math.min(...draws.map((m) => m[5]))).toBe(-4);
  expect(Math.max(...draws.map((m) => m[5]))).toBe(4);
  const [cos, minusSin] = rotate([90])(random, moment);
  expect(cos).toBeCloseTo(0, 12);
  expect(minusSin).toBeCloseTo(-1, 12);
});
