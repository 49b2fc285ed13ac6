import fc from "fast-check";
import { expect, test } from "vitest";
import { input } from "../graph/emit.js";
import { nd } from "../graph/nd.js";
import { Tensor } from "../graph/tensor.js";
import { evaluate } from "../ops/evaluate.js";
import "../ops/index.js";
import { compile } from "../runtime/compile.js";
import { type ClippedGradients, clipByGlobalNorm, clipByValue } from "./clip.js";

const shapes = [[2, 2], [3]];
const values = shapes.map((shape, i) => input(`g${i}`, shape));

/** In double precision. */
function evaluated({ clipped, norm }: ClippedGradients, numbers: readonly number[]) {
  const feeds = new Map([
    [values[0], nd([2, 2], numbers.slice(0, 4))],
    [values[1], nd([3], numbers.slice(4))],
  ]);
  const [length, ...parts] = evaluate([norm, ...clipped], feeds);
  return { norm: length.data[0], numbers: parts.flatMap(({ data }) => [...data]) };
}

async function onRuntime({ clipped, norm }: ClippedGradients, numbers: readonly number[]) {
  const inputs = { g0: values[0], g1: values[1] };
  const program = await compile({ inputs, outputs: { norm, a: clipped[0], b: clipped[1] } }, { threads: 1 });
  const g0 = Tensor.ofNumbers("float32", [2, 2], numbers.slice(0, 4));
  const { norm: length, a, b } = await program.run({ g0, g1: Tensor.ofNumbers("float32", [3], numbers.slice(4)) });
  await program.dispose();
  return { norm: length.toNumbers()[0], numbers: [...a.toNumbers(), ...b.toNumbers()] };
}

const gradients = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 7, maxLength: 7 });
const limits = fc.integer({ min: 1, max: 64 }).map((n) => n / 8);

test("all gradients together are no longer than they may be, and point where they did", () => {
  fc.assert(
    fc.property(gradients, limits, (numbers, most) => {
      const length = Math.hypot(...numbers);
      const found = evaluated(clipByGlobalNorm(values, most), numbers);
      expect(found.norm).toBeCloseTo(length, 9);
      expect(Math.hypot(...found.numbers)).toBeLessThanOrEqual(most * (1 + 1e-12) + 0);
      const factor = Math.min(1, most / length);
      found.numbers.forEach((v, i) => {
        expect(v).toBeCloseTo(numbers[i] * (length === 0 ? 1 : factor), 9);
      });
    }),
  );
});

test("each number is within its bounds", () => {
  fc.assert(
    fc.property(gradients, limits, (numbers, most) => {
      const found = evaluated(clipByValue(values, most), numbers);
      expect(found.norm).toBeCloseTo(Math.hypot(...numbers), 9);
      expect(found.numbers).toEqual(numbers.map((v) => Math.min(Math.max(v, -most), most)));
    }),
  );
});

const short = [0.1, -0.2, 0.3, 0.4, -0.5, 0.6, 0.7].map(Math.fround);

test("short gradients stay bit by bit as they are", async () => {
  for (const clip of [clipByGlobalNorm, clipByValue]) {
    const { norm, numbers } = await onRuntime(clip(values, 1.3), short);
    expect(numbers).toEqual(short);
    expect(norm).toBeCloseTo(Math.hypot(...short), 6);
  }
  expect((await onRuntime(clipByGlobalNorm(values, 1e-3), new Array(7).fill(0))).numbers).toEqual(new Array(7).fill(0));
});

test("ONNX Runtime clips as published", async () => {
  const long = [3, 0, 0, 0, 0, -4, 0];
  expect(await onRuntime(clipByGlobalNorm(values, 2.5), long)).toEqual({ norm: 5, numbers: [1.5, 0, 0, 0, 0, -2, 0] });
  expect(await onRuntime(clipByValue(values, 3.5), long)).toEqual({ norm: 5, numbers: [3, 0, 0, 0, 0, -3.5, 0] });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])("%d shows in the length", async (odd) => {
  const numbers = [odd, ...short.slice(1)];
  const global = await onRuntime(clipByGlobalNorm(values, 1), numbers);
  expect(Number.isFinite(global.norm)).toBe(false);
  expect(global.numbers[0]).toBeNaN();
  expect(Number.isFinite((await onRuntime(clipByValue(values, 1), numbers)).norm)).toBe(false);
});

test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e-60, 1e60])("refuses a limit of %d", (most) => {
  for (const clip of [clipByGlobalNorm, clipByValue]) {
    expect(() => clip(values, most)).toThrow(expect.objectContaining({ code: "GRADIENT_CLIP" }));
  }
});

test("refuses what is no list of gradients", () => {
  expect(() => clipByGlobalNorm([], 1)).toThrow(expect.objectContaining({ code: "GRADIENT_CLIP" }));
  expect(() => clipByValue([input("x", [2], "int64")], 1)).toThrow(expect.objectContaining({ code: "GRADIENT_CLIP" }));
});
