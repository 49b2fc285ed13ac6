import { build, constant, emit, input, readModel, Tensor, type Value, writeModel } from "@noema/engine";
import { expect, test } from "vitest";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { dreamLayer } from "./default-layer.js";

const conv = (x: Value, channels: number, stride: number, name: string) => {
  const count = channels * x.shape[1] * 9;
  const weight = constant(Tensor.of("float32", [channels, x.shape[1], 3, 3], new Float32Array(count).fill(0.1)));
  const [y] = emit("Conv", [x, weight], { pads: [1, 1, 1, 1], strides: [stride, stride] });
  y.name = name;
  return y;
};

/** Halves the picture five times; three blocks stand at 1/16. */
function network(isJoining: boolean) {
  const pixels = input("pixels", [1, 3, 64, 64]);
  let x: Value = pixels;
  for (let i = 0; i < 4; i++) x = build.relu(conv(x, 4, 2, `down${i}`));
  for (let i = 0; i < 3; i++) {
    const branch = build.relu(conv(x, 4, 1, `branch${i}`));
    branch.name = `active${i}`;
    x = isJoining ? build.add(branch, x) : branch;
    x.name = isJoining ? `block${i}` : `active${i}`;
  }
  return readModel(writeModel({ inputs: { pixels }, outputs: { end: conv(x, 4, 2, "end") } }).bytes);
}

test("the middle block where the network sees things of 16 pixels' distance", () => {
  expect(dreamLayer(network(true), plainRgb)).toBe("block1");
});

test("without blocks, an activation", () => {
  expect(dreamLayer(network(false), plainRgb)).toMatch(/^active\d$/);
});

test("of a network with one layer, that", () => {
  expect(tinyNetwork(1, 16, 16).value(dreamLayer(tinyNetwork(1, 16, 16), plainRgb)).shape[1]).toBe(6);
});

test("a network without positions has none", () => {
  const pixels = input("pixels", [1, 3, 8, 8]);
  const mean = build.reduceMean(pixels, [2, 3]);
  const model = readModel(writeModel({ inputs: { pixels }, outputs: { mean } }).bytes);
  expect(() => dreamLayer(model, plainRgb)).toThrowError(/LAYER_MISSING/);
});
