import { build, constant, emit, input, Tensor } from "@noema/engine";
import { expect, test } from "vitest";
import { channelAxis } from "./channel-axis.js";

const weight = (...dims: number[]) =>
  constant(Tensor.ofNumbers("float32", dims, new Float64Array(dims.reduce((a, b) => a * b)).fill(1)));

test("the second axis of what convolutions make, through activations", () => {
  expect(channelAxis(build.relu(emit("Conv", [input("x", [1, 3, 8]), weight(4, 3, 3)])[0]))).toBe(1);
});

test("the last axis of what matrix products make", () => {
  expect(channelAxis(build.relu(build.matmul(input("x", [1, 7, 3]), weight(3, 4))))).toBe(2);
  expect(channelAxis(build.matmul(input("x", [1, 7, 7, 3]), weight(3, 4)))).toBe(3);
});

test("through transposes", () => {
  const conv = emit("Conv", [input("x", [1, 3, 8, 9]), weight(4, 3, 3, 3)])[0];
  expect(channelAxis(build.transpose(conv, [0, 2, 3, 1]))).toBe(3);
  const tokens = build.matmul(input("x", [1, 7, 3]), weight(3, 4));
  expect(channelAxis(build.transpose(tokens, [0, 2, 1]))).toBe(1);
});

test("without anything to tell: the second axis of pictures, the last of tokens, the only one of logits", () => {
  expect(channelAxis(input("x", [1, 3, 8, 8]))).toBe(1);
  expect(channelAxis(input("x", [1, 7, 3]))).toBe(2);
  expect(channelAxis(input("x", [1, 7]))).toBe(1);
  expect(() => channelAxis(input("x", [7]))).toThrowError(/LAYER_NO_CHANNELS/);
});
