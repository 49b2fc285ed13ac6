/** @file Every initializer of this folder: moments by fan, bounds, right angles, and the same seed giving the same bytes. */
import { readdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../random.js";
import * as initializers from "./index.js";
import type { Initializer } from "./initializer.js";

interface Example {
  readonly file: string;
  readonly initializer: Initializer;
  /** The published variance; without it there is none to be measured. */
  readonly variance?: (fanIn: number, fanOut: number) => number;
  readonly kind: "normal" | "uniform" | "orthogonal" | "fixed";
}

const examples: readonly Example[] = [
  { file: "he-normal", initializer: initializers.heNormal, variance: (i) => 2 / i, kind: "normal" },
  { file: "he-uniform", initializer: initializers.heUniform, variance: (i) => 2 / i, kind: "uniform" },
  { file: "small-uniform", initializer: initializers.smallUniform, variance: (i) => 1 / (3 * i), kind: "uniform" },
  { file: "glorot-normal", initializer: initializers.glorotNormal, variance: (i, o) => 2 / (i + o), kind: "normal" },
  { file: "glorot-uniform", initializer: initializers.glorotUniform, variance: (i, o) => 2 / (i + o), kind: "uniform" },
  { file: "lecun-normal", initializer: initializers.lecunNormal, variance: (i) => 1 / i, kind: "normal" },
  { file: "orthogonal", initializer: initializers.orthogonal(1.5), kind: "orthogonal" },
  { file: "zeros", initializer: initializers.zeros, kind: "fixed" },
  { file: "constant", initializer: initializers.constant(0.25), kind: "fixed" },
];

/** Weights with many numbers and fans far apart: an exchange of the two is seen. */
const weights: readonly { readonly shape: readonly number[]; readonly fanIn: number; readonly fanOut: number }[] = [
  { shape: [40, 1000], fanIn: 40, fanOut: 1000 },
  { shape: [1000, 40], fanIn: 1000, fanOut: 40 },
  { shape: [64, 16, 5, 3], fanIn: 240, fanOut: 960 },
  { shape: [100, 30, 7], fanIn: 210, fanOut: 700 },
];

test("every initializer of the folder is tried", () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter((file) => !file.endsWith(".test.ts"));
  const tried = examples.map(({ file }) => `${file}.ts`);
  expect([...tried, "index.ts", "initializer.ts"].sort()).toEqual(files.sort());
});

const mean = (values: Float32Array, f: (v: number) => number) =>
  values.reduce((sum, v) => sum + f(v), 0) / values.length;

describe.each(examples)("$file", ({ initializer, variance, kind }) => {
  test("gives the same bytes for the same seed, others for another", () => {
    const draw = (seed: number) => initializer([12, 7], seededRandom(seed));
    expect(draw(1)).toEqual(draw(1));
    if (kind !== "fixed") expect(draw(1)).not.toEqual(draw(2));
  });

  if (variance === undefined) return;

  test.each(weights)("has the published variance at $shape", ({ shape, fanIn, fanOut }) => {
    const drawn = initializer(shape, seededRandom(5));
    const expected = variance(fanIn, fanOut);
    const deviation = Math.sqrt(expected);
    // Five standard errors of what is estimated from so many numbers.
    const error = 5 / Math.sqrt(drawn.length);
    expect(Math.abs(mean(drawn, (v) => v))).toBeLessThan(error * deviation);
    expect(Math.abs(mean(drawn, (v) => v * v) / expected - 1)).toBeLessThan(error * Math.SQRT2);
    const fourth = mean(drawn, (v) => v ** 4) / expected ** 2;
    if (kind === "normal") {
      expect(Math.abs(fourth - 3)).toBeLessThan(error * Math.sqrt(96));
      expect(drawn.some((v) => Math.abs(v) > 3 * deviation)).toBe(true);
    } else {
      expect(Math.abs(fourth - 1.8)).toBeLessThan(error * Math.SQRT2);
      const reach = drawn.reduce((top, v) => Math.max(top, Math.abs(v)), 0);
      expect(reach).toBeLessThanOrEqual(Math.fround(Math.sqrt(3) * deviation) * (1 + 1e-6));
      expect(reach).toBeGreaterThan(Math.sqrt(3) * deviation * 0.999);
    }
  });

  test("has no answer for biases", () => {
    for (const shape of [[], [10]]) {
      expect(() => initializer(shape, seededRandom(1))).toThrow(expect.objectContaining({ code: "INITIALIZER_SHAPE" }));
    }
  });
});

const layer = fc.oneof(
  fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 20 })),
  fc.tuple(...[8, 4, 3, 3].map((max) => fc.integer({ min: 1, max }))),
);

test("orthogonal keeps length and right angles, of whichever are fewer, rows or columns", () => {
  fc.assert(
    fc.property(layer, fc.double({ min: 0.1, max: 3, noNaN: true }), fc.integer(), (shape, gain, seed) => {
      const w = initializers.orthogonal(gain)(shape, seededRandom(seed));
      const rows = shape[0];
      const columns = w.length / rows;
      const wide = rows <= columns;
      const at = (k: number, i: number) => (wide ? w[k * columns + i] : w[i * columns + k]);
      for (let k = 0; k < Math.min(rows, columns); k++) {
        for (let l = 0; l <= k; l++) {
          let dot = 0;
          for (let i = 0; i < Math.max(rows, columns); i++) dot += at(k, i) * at(l, i);
          expect(dot / gain ** 2).toBeCloseTo(k === l ? 1 : 0, 5);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("orthogonal matrices have no direction of their own: both signs, every place", () => {
  const random = seededRandom(4);
  const sums = new Float64Array(9);
  const squares = new Float64Array(9);
  const count = 3000;
  for (let i = 0; i < count; i++) {
    initializers
      .orthogonal()([3, 3], random)
      .forEach((v, k) => {
        sums[k] += v / count;
        squares[k] += (v * v) / count;
      });
  }
  for (const v of sums) expect(Math.abs(v)).toBeLessThan(0.06);
  for (const v of squares) expect(Math.abs(v - 1 / 3)).toBeLessThan(0.03);
});

test("a generator that repeats itself does not make orthogonal vectors of rounding", () => {
  const draws = [1, 2, 1, 2, 1, 2, 3, -1];
  let at = 0;
  const random: Random = { ...seededRandom(1), normal: () => draws[at++ % draws.length] };
  const [a, b, c, d] = initializers.orthogonal()([2, 2], random);
  expect(a * c + b * d).toBeCloseTo(0, 6);
  expect(Math.hypot(c, d)).toBeCloseTo(1, 6);
});

test("fixed numbers are what was asked for", () => {
  const random = seededRandom(1);
  expect(initializers.zeros([2, 2], random)).toEqual(new Float32Array(4));
  expect(initializers.constant(-0.5)([3], random)).toEqual(Float32Array.of(-0.5, -0.5, -0.5));
  expect(initializers.constant(2)([], random)).toEqual(Float32Array.of(2));
});

const shapes = [
  [0, 3],
  [-1, 3],
  [2.5, 2],
  [Number.NaN, 2],
  [Number.POSITIVE_INFINITY, 1],
  [2 ** 20, 2 ** 20],
];

test.each(examples.flatMap(({ file, initializer }) => shapes.map((shape) => ({ file, initializer, shape }))))(
  "$file refuses the shape $shape",
  ({ initializer, shape }) => {
    expect(() => initializer(shape, seededRandom(1))).toThrow(expect.objectContaining({ code: "INITIALIZER_SHAPE" }));
  },
);

test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e39])("refuses %d as a constant", (value) => {
  expect(() => initializers.constant(value)).toThrow(expect.objectContaining({ code: "INITIALIZER_OPTION" }));
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a gain of %d", (gain) => {
  expect(() => initializers.orthogonal(gain)).toThrow(expect.objectContaining({ code: "INITIALIZER_OPTION" }));
});
