import { build, compile, constant, emit, gradient, input, Tensor, type Value } from "@noema/engine";
import { expect, test } from "vitest";
import { type Field, receptiveField } from "./receptive-field.js";

const weight = (...dims: number[]) =>
  constant(Tensor.of("float32", dims, new Float32Array(dims.reduce((a, b) => a * b)).fill(1)));
const conv = (x: Value, kernel: number, attributes = {}) =>
  emit("Conv", [x, weight(3, 3, kernel, kernel)], attributes)[0];
const pixels = () => input("pixels", [1, 3, 33, 33]);
const both = (step: number, from: number, to: number) => ({ rows: { step, from, to }, columns: { step, from, to } });

test("convolutions and pools widen it and take steps", () => {
  const x = pixels();
  const first = conv(x, 7, { strides: [2, 2], pads: [3, 3, 3, 3] });
  expect(receptiveField(first, x, "NCHW")).toEqual(both(2, -3, 3));
  const pooled = emit("MaxPool", [build.relu(first)], { kernel_shape: [3, 3], strides: [2, 2] })[0];
  expect(receptiveField(pooled, x, "NCHW")).toEqual(both(4, -3, 7));
  expect(receptiveField(conv(pooled, 3, { dilations: [2, 2] }), x, "NCHW")).toEqual(both(4, -3, 23));
});

test("a position has a gradient to all pixels of its field, and to none beside it", async () => {
  const x = pixels();
  const first = conv(x, 3, { strides: [2, 2], auto_pad: "SAME_LOWER" });
  const pooled = emit("AveragePool", [first], { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 0, 0, 1] })[0];
  const layer = conv(pooled, 3, { dilations: [2, 2], pads: [2, 2, 2, 2], strides: [1, 2] });
  const field = receptiveField(layer, x, "NCHW")!;
  const at = [3, 2];
  const one = build.slice(layer, [0, 0, ...at], [1, 1, ...at.map((v) => v + 1)], [0, 1, 2, 3]);
  const [slope] = gradient(build.reduceSum(one), [x]);
  const program = await compile({ inputs: { x }, outputs: { slope } }, { threads: 1 });
  const result = await program.run({ x: new Float32Array(3 * 33 * 33).fill(1) });
  await program.dispose();
  const seen = [
    ...result.slope
      .toNumbers()
      .subarray(0, 33 * 33)
      .entries(),
  ]
    .filter(([, v]) => v !== 0)
    .map(([i]) => i);
  const ends = (numbers: number[]) => [Math.min(...numbers), Math.max(...numbers)];
  const expected = ({ step, from, to }: Field, i: number) => [step * i + from, step * i + to];
  expect(ends(seen.map((i) => Math.floor(i / 33)))).toEqual(expected(field.rows, at[0]));
  expect(ends(seen.map((i) => i % 33))).toEqual(expected(field.columns, at[1]));
});

test("branches are united; what scales whole channels is not where a position looks", () => {
  const x = pixels();
  const wide = conv(x, 5, { pads: [2, 2, 2, 2] });
  const joined = emit("Concat", [x, wide], { axis: 1 })[0];
  expect(receptiveField(joined, x, "NCHW")).toEqual(both(1, -2, 2));
  const scaled = build.mul(wide, build.sigmoid(build.reduceMean(wide, [2, 3])));
  expect(receptiveField(scaled, x, "NCHW")).toEqual(both(1, -2, 2));
});

test("of a network that has its channels last, as TensorFlow's, it is followed through transposes", () => {
  const x = input("pixels", [1, 33, 33, 3]);
  const inner = conv(build.transpose(x, [0, 3, 1, 2]), 3);
  const last = build.transpose(inner, [0, 2, 3, 1]);
  expect(receptiveField(build.relu(last), x, "NHWC")).toEqual(both(1, 0, 2));
  const scaled = build.mul(last, build.reduceMean(last, [1, 2]));
  expect(receptiveField(scaled, x, "NHWC")).toEqual(both(1, 0, 2));
});

test("there is none where a layer sees all, or has no rows and columns", () => {
  const x = pixels();
  const means = build.reduceMean(conv(x, 3), [2, 3]);
  expect(receptiveField(means, x, "NCHW")).toBeNull();
  expect(receptiveField(build.reshape(conv(x, 3), [1, 3, -1]), x, "NCHW")).toBeNull();
  expect(receptiveField(build.matmul(x, weight(33, 33)), x, "NCHW")).toBeNull();
});

test("enlarging halves the steps and looks at neighbours", () => {
  const x = pixels();
  const pooled = emit("AveragePool", [x], { kernel_shape: [2, 2], strides: [2, 2] })[0];
  const scales = constant(Tensor.of("float32", [4], Float32Array.of(1, 1, 2, 2)));
  const larger = emit("Resize", [pooled, null, scales], { mode: "linear" })[0];
  expect(receptiveField(larger, x, "NCHW")).toEqual(both(1, -2.5, 2.5));
});
