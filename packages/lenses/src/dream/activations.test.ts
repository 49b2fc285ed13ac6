import { build, compile, constant, emit, input, Tensor, type Value } from "@noema/engine";
import { expect, test } from "vitest";
import { channelMeans, channelsAt, layerForm, layerPlanes } from "./activations.js";
import type { Scene } from "./objectives/objective.js";

const [batch, channels, height, width] = [2, 4, 3, 5];
const numbers = (length: number) => Float32Array.from({ length }, (_, i) => i);

/** A scene of which only one layer matters. */
function sceneOf(value: Value): Scene {
  const never = () => {
    throw new Error("not asked for here");
  };
  const shared = new Map<string, Value>();
  return {
    ...{
      batch,
      pictures: value,
      opacity: null,
      logits: never,
      seen: never,
      photograph: never,
      vector: never,
      given: never,
    },
    layer: () => value,
    shared: (key, make) => shared.get(key) ?? shared.set(key, make()).get(key)!,
  };
}

/** The layer N×C×H×W, and the same with its channels last. */
const first = input("x", [batch, channels, height, width]);
const layers: [string, Value][] = [
  ["channels second", emit("MaxPool", [first], { kernel_shape: [1, 1] })[0]],
  ["channels last", build.transpose(emit("MaxPool", [first], { kernel_shape: [1, 1] })[0], [0, 2, 3, 1])],
];

test.each(layers)("means, planes and single positions of a layer with its %s", async (_, value) => {
  const scene = sceneOf(value);
  const outputs = {
    means: channelMeans(scene, "x"),
    planes: build.identity(layerPlanes(scene, "x")),
    middle: channelsAt(scene, "x"),
    there: channelsAt(scene, "x", [4, 2]),
  };
  const program = await compile({ inputs: { x: first }, outputs }, { threads: 1 });
  const x = numbers(batch * channels * height * width);
  const result = await program.run({ x });
  await program.dispose();
  const plane = height * width;
  expect(result.planes.dims).toEqual([batch, channels, plane]);
  expect(result.planes.data).toEqual(x);
  const firsts = Array.from({ length: batch * channels }, (_, i) => i * plane);
  expect([...(result.means.data as Float32Array)]).toEqual(firsts.map((v) => v + (plane - 1) / 2));
  expect([...(result.middle.data as Float32Array)]).toEqual(firsts.map((v) => v + width + 2));
  expect([...(result.there.data as Float32Array)]).toEqual(firsts.map((v) => v + 2 * width + 4));
});

test("tokens have one position, whose second number is 0", async () => {
  const tokens = input("x", [batch, 7, channels]);
  const scene = sceneOf(tokens);
  const program = await compile(
    { inputs: { x: tokens }, outputs: { there: channelsAt(scene, "x", [6, 0]), middle: channelsAt(scene, "x") } },
    { threads: 1 },
  );
  const result = await program.run({ x: numbers(batch * 7 * channels) });
  await program.dispose();
  expect([...(result.there.data as Float32Array)]).toEqual([24, 25, 26, 27, 52, 53, 54, 55]);
  expect([...(result.middle.data as Float32Array)]).toEqual([12, 13, 14, 15, 40, 41, 42, 43]);
  expect(() => channelsAt(scene, "x", [0, 1])).toThrowError(/number 2 of a position there is 0.*POSITION_RANGE/);
  expect(() => channelsAt(scene, "x", [7, 0])).toThrowError(/number 1 of a position there is 0 … 6.*POSITION_RANGE/);
});

test("refuses layers that are of another kind", () => {
  expect(() => layerForm(input("x", [5, 4, 3, 3]), "x", 2)).toThrowError(
    /first axis counts 5.*2 pictures.*LAYER_BATCH/,
  );
  expect(() => layerForm(input("x", [2]), "x", 2)).toThrowError(/LAYER_NO_CHANNELS/);
  const indices = constant(Tensor.ofNumbers("int64", [2, 1], new Float64Array([1, 2])));
  expect(() => layerForm(indices, "x", 2)).toThrowError(/int64.*LAYER_TYPE/);
});
