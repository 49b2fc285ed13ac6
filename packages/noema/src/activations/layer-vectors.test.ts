import {
  build,
  constant,
  emit,
  input,
  type Model,
  readModel,
  seededRandom,
  Tensor,
  type Value,
  writeModel,
} from "@noema/engine";
import { LayerLook } from "@noema/lenses";
import { expect, test } from "vitest";
import { checkFinite, LayerVectors } from "./layer-vectors.js";

const [batch, height, width] = [3, 4, 5];
const preprocessing = { layout: "NCHW", channels: "RGB", range: [0, 1], mean: [0, 0, 0], scale: [1, 1, 1] } as const;
const wave = (dims: readonly number[], by: number) =>
  constant(
    Tensor.of(
      "float32",
      dims,
      Float32Array.from({ length: dims.reduce((a, b) => a * b) }, (_, i) => Math.sin(i * by)),
    ),
  );

/** `planes` N×6×4×5, `last` N×4×5×6, `tokens` N×20×7, `logits` N×6. */
function network(): Model {
  const x = input("x", [batch, 3, height, width]);
  const planes = emit("Conv", [x, wave([6, 3, 3, 3], 12.9898)], { pads: [1, 1, 1, 1] })[0];
  const last = build.transpose(planes, [0, 2, 3, 1]);
  const tokens = build.matmul(build.reshape(last, [batch, height * width, 6]), wave([6, 7], 78.233));
  const logits = build.reduceMean(planes, [2, 3], { keepdims: false });
  const outputs: Record<string, Value> = { planes, last, tokens, logits };
  for (const [name, value] of Object.entries(outputs)) value.name = name;
  return readModel(writeModel({ inputs: { x }, outputs }).bytes);
}

const model = network();
const pictures = { model, input: "x", preprocessing };
const shown = Float32Array.from({ length: batch * 3 * height * width }, (_, i) => 0.5 + 0.5 * Math.sin(i * i));
const compile = { threads: 1 };

/** N × positions × channels. */
async function whole(layer: string) {
  const look = await LayerLook.open({ ...pictures, layer, compile });
  const found = { all: await look.at(shown), positions: look.positions, channels: look.channels, centre: look.centre };
  await look.dispose();
  return found;
}

test.each(["planes", "last", "tokens", "logits"])("vectors of %s are what the layer makes there", async (layer) => {
  const { all, positions, channels, centre } = await whole(layer);
  const at = (picture: number, place: number) => {
    const from = (picture * positions + place) * channels;
    return [...all.subarray(from, from + channels)];
  };
  const over = (picture: number, how: (values: number[]) => number) =>
    Array.from({ length: channels }, (_, c) => how(Array.from({ length: positions }, (_, p) => at(picture, p)[c])));
  const drawn = (picture: number) => look.places(() => seededRandom(3, picture));
  const open = (of: Parameters<typeof LayerVectors.open>[0]["of"], count?: number) =>
    LayerVectors.open({ pictures, layer, of, drawn: count, compile });
  let look = await open("all");
  expect([look.channels, look.positions, look.perPicture]).toEqual([channels, positions, positions]);
  expect(look.axes.reduce((a, b) => a * b, 1)).toBe(positions);
  for (const [of, count, wanted] of [
    ["all", undefined, (n: number) => Array.from({ length: positions }, (_, p) => at(n, p)).flat()],
    ["centre", undefined, (n: number) => at(n, centre)],
    ["mean", undefined, (n: number) => over(n, (v) => v.reduce((a, b) => a + b) / positions)],
    ["max", undefined, (n: number) => over(n, (v) => Math.max(...v))],
    ["drawn", 4, (n: number) => [...drawn(n)].flatMap((place) => at(n, place))],
    ["drawn", 100, (n: number) => Array.from({ length: positions }, (_, p) => at(n, p)).flat()],
  ] as const) {
    await look.dispose();
    look = await open(of, count);
    const found = await look.at(shown, drawn);
    for (let n = 0; n < batch; n++) {
      const [own, needed] = [found(n), wanted(n)];
      expect(own.length).toBe(needed.length);
      expect(own.length).toBe(look.perPicture * channels);
      for (const [i, v] of own.entries()) expect(v).toBeCloseTo(needed[i], 5);
    }
  }
  await look.dispose();
});

test("places are drawn without repetition, each as likely, and are the picture's own", async () => {
  const look = await LayerVectors.open({ pictures, layer: "planes", of: "drawn", drawn: 5, compile });
  const counts = new Uint32Array(20);
  for (let picture = 0; picture < 4000; picture++) {
    const places = look.places(() => seededRandom(9, 2 ** 21 + picture));
    expect(places).toHaveLength(5);
    places.forEach((place, i) => {
      counts[place]++;
      if (i > 0) expect(place).toBeGreaterThan(places[i - 1]);
    });
  }
  // 1000 each, with a standard deviation of 27.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(140);
  await look.dispose();
});

test("a layer that mixes pictures, or is not there, is refused", async () => {
  const coded = (code: string) => expect.objectContaining({ code });
  const open = (layer: string, of: "all" | "mean" = "all") => LayerVectors.open({ pictures, layer, of, compile });
  await expect(open("plane")).rejects.toThrow(coded("LAYER_UNKNOWN"));
  const x = input("x", [batch, 3, height, width]);
  const mixed = build.reduceMean(x, [0]);
  mixed.name = "mixed";
  const other = readModel(writeModel({ inputs: { x }, outputs: { mixed } }).bytes);
  const refused = LayerVectors.open({ pictures: { ...pictures, model: other }, layer: "mixed", of: "mean", compile });
  await expect(refused).rejects.toThrow(coded("LAYER_BATCH"));
});

test("numbers that are not finite are told of by their picture", () => {
  expect(() => checkFinite(Float32Array.of(1, 2), "a.png")).not.toThrow();
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => checkFinite(Float32Array.of(1, bad), "a.png")).toThrow(
      new RegExp(`^a\\.png: the layer makes ${bad} of it.*code: ACTIVATIONS_NOT_FINITE$`),
    );
  }
});
