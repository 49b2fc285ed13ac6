import { compile, input, seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { applyTransforms, drawTransforms } from "../apply-transforms.js";
import type { Affine, Move } from "./affine.js";
import { type AffineSampleOptions, affineSample } from "./affine-sample.js";
import { crop } from "./crop.js";
import { flip } from "./flip.js";
import { jitter } from "./jitter.js";
import { pad } from "./pad.js";
import { rotate } from "./rotate.js";
import { scale } from "./scale.js";

const [height, width] = [9, 12];
const moment = { size: { batch: 1, channels: 1, height, width }, progress: 0 };

async function sampled(picture: Float32Array, affine: Affine, around: number): Promise<Float32Array> {
  const transform = affineSample([() => affine], { around });
  const [pictures, map] = [input("pictures", [1, 1, height, width]), input("affine", [2, 3])];
  const y = transform.apply(pictures, { affine: map });
  const program = await compile({ inputs: { pictures, map }, outputs: { y } }, { threads: 1 });
  const result = await program.run({
    pictures: picture,
    map: transform.draw(seededRandom(0), moment).affine,
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

type Around = NonNullable<AffineSampleOptions["around"]>;

/** What the network sees through these moves, drawn with seed 5. */
async function shown(moves: readonly Move[], around: Around, picture: Float32Array) {
  const { transform, drawn } = applyTransforms([affineSample(moves, { around })], moment.size);
  const pictures = input("pictures", [1, 1, height, width]);
  const program = await compile(
    { inputs: { pictures, ...drawn }, outputs: { y: transform(pictures) } },
    { threads: 1 },
  );
  const feeds = drawTransforms([affineSample(moves, { around })], seededRandom(5), moment);
  const { y } = await program.run({ pictures: picture, ...feeds });
  await program.dispose();
  return y.data as Float32Array;
}

test.each<Around>([0, 0.5, "mirrored", "random"])(
  "moves that turn nothing show the same by matrices along the axes, around the picture %s",
  async (around) => {
    const random = seededRandom(2);
    const picture = Float32Array.from({ length: height * width }, random.uniform);
    const moves = [jitter(5), pad(7), flip(), scale({ from: 0.8, to: 1.3 }), crop({ from: 0.9, to: 0.5 })];
    const straight = await shown(moves, around, picture);
    // The same moves, of which nobody says that they turn nothing.
    const turning = await shown(
      moves.map<Move>(
        (move) =>
          (...given) =>
            move(...given),
      ),
      around,
      picture,
    );
    straight.forEach((v, i) => {
      expect(v).toBeCloseTo(turning[i], 4);
    });
  },
);

test("pad shows as many pixels around the picture as it says", async () => {
  const y = await shown([pad(height)], 0, new Float32Array(height * width).fill(1));
  // The picture takes a third of the height; its width is 12 of 30.
  const rows = Array.from({ length: height }, (_, row) => y[row * width + width / 2]);
  expect(rows.reduce((a, b) => a + b)).toBeCloseTo(height / 3, 5);
  const columns = [...y.subarray(4 * width, 5 * width)];
  expect(Math.abs(columns.reduce((a, b) => a + b) - (width * width) / (width + 2 * height))).toBeLessThan(0.5);
});

test("flip swaps left and right exactly, as often as it is to", async () => {
  const picture = Float32Array.from({ length: height * width }, (_, i) => i);
  const flipped = Float32Array.from(picture, (_, i) => i - (i % width) + width - 1 - (i % width));
  expect(await shown([flip(1)], 0, picture)).toEqual(flipped);
  expect(await shown([flip(0)], 0, picture)).toEqual(picture);
  const { uniform, ...random } = seededRandom(3);
  const count = Array.from({ length: 1000 }, () => flip(0.2)({ ...random, uniform }, moment)[0]).filter(
    (a) => a < 0,
  ).length;
  expect(Math.abs(count - 200)).toBeLessThan(40);
});

test("crop stays inside the picture, anywhere in it", () => {
  const random = seededRandom(8);
  const boxes = Array.from({ length: 500 }, () => crop({ from: 0.5, to: 0.05 })(random, { ...moment, progress: 1 }));
  for (const [a, , x, , e, y] of boxes) {
    expect([a, e]).toEqual([0.05, 0.05]);
    expect(Math.abs(x) + (0.05 * width) / 2).toBeLessThanOrEqual(width / 2);
    expect(Math.abs(y) + (0.05 * height) / 2).toBeLessThanOrEqual(height / 2);
  }
  expect(Math.max(...boxes.map(([, , x]) => x))).toBeGreaterThan(0.4 * width);
  expect(Math.min(...boxes.map(([, , , , , y]) => y))).toBeLessThan(-0.4 * height);
});
