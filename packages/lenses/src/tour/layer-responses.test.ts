import { build, emit, input, readModel, writeModel } from "@noema/engine";
import { expect, test } from "vitest";
import { plainRgb, tinyNetwork } from "../tiny-network.testing.js";
import { LayerResponses } from "./layer-responses.js";

const compile = { threads: 1 };
const dark = (count: number) => new Float32Array(count * 3 * 12 * 12);

test("the strongest response is found where it is", async () => {
  const bytes = () => {
    const pixels = input("pixels", [2, 3, 12, 12]);
    const [same] = emit("MaxPool", [pixels], { kernel_shape: [1, 1] });
    same.name = "same";
    const last = build.transpose(same, [0, 2, 3, 1]);
    last.name = "last";
    return writeModel({ inputs: { pixels }, outputs: { last } }).bytes;
  };
  const pictures = dark(2).fill(0.5);
  // Picture 1, green, row 3, column 7; and a dark spot in red.
  pictures[(3 + 1) * 144 + 3 * 12 + 7] = 1;
  pictures[3 * 144 + 5 * 12 + 2] = 0;
  for (const layer of ["same", "last"]) {
    const responses = await LayerResponses.open({ model: readModel(bytes()), preprocessing: plainRgb, layer, compile });
    const { highest, lowest } = await responses.at(pictures);
    await responses.dispose();
    expect(responses.form).toMatchObject({ channels: 3, positions: [12, 12] });
    expect([...highest.values]).toEqual([0.5, 0.5, 0.5, 0.5, 1, 0.5]);
    expect([...highest.places!]).toEqual([0, 0, 0, 0, 3 * 12 + 7, 0]);
    expect([...lowest.values]).toEqual([-0.5, -0.5, -0.5, -0, -0.5, -0.5]);
    expect(lowest.places![3]).toBe(5 * 12 + 2);
  }
});

test("means and logits have no place", async () => {
  const model = tinyNetwork(2, 12, 12);
  for (const options of [{ layer: "logits" }, { layer: "features", over: "mean" as const }]) {
    const responses = await LayerResponses.open({ model, preprocessing: plainRgb, compile, ...options });
    const { highest, lowest } = await responses.at(dark(2).fill(0.3));
    await responses.dispose();
    expect(highest.places).toBeNull();
    expect(highest.values).toHaveLength(2 * responses.form.channels);
    expect(lowest.values).toEqual(highest.values.map((v) => -v));
  }
});

test("a number that is none is not passed over", async () => {
  const pixels = input("pixels", [1, 3, 4, 4]);
  const [log] = emit("Log", [pixels]);
  log.name = "log";
  const model = readModel(writeModel({ inputs: { pixels }, outputs: { log } }).bytes);
  const responses = await LayerResponses.open({ model, preprocessing: plainRgb, layer: "log", compile });
  const pictures = new Float32Array(48).fill(0.5);
  pictures[20] = Number.NaN;
  const { highest } = await responses.at(pictures);
  await responses.dispose();
  expect([...highest.values].map(Number.isNaN)).toEqual([false, true, false]);
});

test("an unknown layer is refused with near names", async () => {
  const options = { model: tinyNetwork(1, 12, 12), preprocessing: plainRgb, compile };
  await expect(LayerResponses.open({ ...options, layer: "feature" })).rejects.toThrow(/features.*LAYER_UNKNOWN/);
});
