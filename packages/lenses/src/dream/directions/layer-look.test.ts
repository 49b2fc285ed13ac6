import { seededRandom } from "@noema/engine";
import { expect, test } from "vitest";
import { Look } from "../../look.js";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { LayerLook } from "./layer-look.js";

const pictures = (count: number) => {
  const random = seededRandom(5);
  return Float32Array.from({ length: count * 3 * 6 * 8 }, () => random.uniform());
};

test("gives positions in rows, channels in columns, and the largest response to a direction", async () => {
  const options = { model: tinyNetwork(2, 6, 8), preprocessing: plainRgb };
  const look = await LayerLook.open({ ...options, layer: "features" });
  const plain = await Look.open({ ...options, layers: ["features"], over: "max" });
  expect({ ...look }).toMatchObject({ channels: 6, positions: 48, centre: 3 * 8 + 4 });
  const activations = await look.at(pictures(2));
  const whole = await Look.open({ ...options, layers: ["features"] });
  const planes = (await whole.at(pictures(2))).features.data;
  for (const [n, c, p] of [
    [0, 0, 0],
    [1, 4, 29],
    [1, 5, 47],
  ]) {
    expect(activations[(n * 48 + p) * 6 + c]).toBe(planes[(n * 6 + c) * 48 + p]);
  }
  const basis = Array.from({ length: 6 }, (_, i) => Float32Array.from({ length: 6 }, (_, j) => (i === j ? 1 : 0)));
  const largest = await look.largestAlong(activations, basis);
  const expected = (await plain.at(pictures(2))).features.data as Float32Array;
  largest.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i], 5);
  });
  for (const opened of [look, plain, whole]) await opened.dispose();
});

test("a layer without positions has one", async () => {
  const look = await LayerLook.open({ model: tinyNetwork(1, 6, 8), preprocessing: plainRgb, layer: "logits" });
  expect({ ...look }).toMatchObject({ channels: 5, positions: 1, centre: 0 });
  expect((await look.at(pictures(1))).length).toBe(5);
  await look.dispose();
});
