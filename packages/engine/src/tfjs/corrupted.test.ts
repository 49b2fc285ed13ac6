/** @file Models corrupted at random, seeded: each is read, or refused with an error that has a code, at once. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import "../ops/index.js";
import { NoemaError } from "../graph/error.js";
import { seeded } from "./compare.testing.js";
import { readTfjsModel } from "./read-tfjs-model.js";

const folder = join(dirname(createRequire(import.meta.url).resolve("@vladmandic/human")), "..", "models");

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What a place in the file is overwritten with. */
const junk: readonly Json[] = [
  ...[null, true, -1, 0, 1, 2, 3, 0.5, 1e9, -1e9, 1e300, "", "x", "-1", "1000000000", "input_1", "image", "seen"],
  ...[[], {}, [null], [1, 2], ["1", "2", "3", "4"], { class_name: "Dense" }],
  ...[
    "DT_STRING",
    "DT_INT32",
    btoa("VALID"),
    "Relu",
    "Reshape",
    "Transpose",
    "Softmax",
    "Concatenate",
    "LSTM",
    "Sequential",
  ],
];

type Holder = { [key: string]: Json };

/** Every object or list in it, with every key. */
function places(json: Json): { holder: Holder; key: string }[] {
  if (typeof json !== "object" || json === null) return [];
  const holder = json as Holder;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...places(holder[key])]);
}

/** One or two places overwritten, left out, or made equal to another. */
function corrupted(text: string, random: () => number): unknown {
  const json = JSON.parse(text) as Json;
  const all = places(json);
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)];
  for (let count = random() < 0.5 ? 1 : 2; count > 0; count--) {
    const [{ holder, key }, other, how] = [any(all), any(all), random()];
    if (how < 0.2) delete holder[key];
    else if (how < 0.4) holder[key] = JSON.parse(JSON.stringify(other.holder[other.key] ?? null));
    else holder[key] = any(junk);
  }
  return JSON.parse(JSON.stringify(json));
}

const layer = (class_name: string, name: string, config: object, ...from: string[]) => ({
  class_name,
  name,
  config: { name, ...config },
  inbound_nodes: from.length === 0 ? [] : [from.map((source) => [source, 0, 0, {}])],
});

/** A functional model with an image, a sequence, a merge and a model inside. */
function layersModel() {
  const inside = [
    { class_name: "Flatten", config: { name: "flat", batch_input_shape: [null, 3, 4] } },
    { class_name: "Dense", config: { name: "deep", units: 2, activation: "softmax" } },
  ];
  const layers = [
    layer("InputLayer", "image", { batch_input_shape: [null, 6, 6, 2], dtype: "float32" }),
    layer("Conv2D", "edges", { kernel_size: [3, 3], strides: [2, 2], padding: "same", activation: "relu" }, "image"),
    layer("BatchNormalization", "normal", { axis: -1, scale: false, center: false }, "edges"),
    layer("Add", "sum", {}, "edges", "normal"),
    layer("Concatenate", "both", { axis: 3 }, "sum", "edges"),
    layer("AveragePooling2D", "small", { pool_size: [3, 1], strides: [3, 1] }, "both"),
    layer("Reshape", "steps", { target_shape: [3, 8] }, "small"),
    layer("LSTM", "seen", { units: 4, return_sequences: true, go_backwards: true, use_bias: false }, "steps"),
    layer("Sequential", "inside", { layers: inside }, "seen"),
  ];
  const weights = Object.entries({
    "edges/kernel": [3, 3, 2, 4],
    "edges/bias": [4],
    "normal/moving_mean": [4],
    "normal/moving_variance": [4],
    "seen/kernel": [8, 16],
    "seen/recurrent_kernel": [4, 16],
    "deep/kernel": [12, 2],
    "deep/bias": [2],
  }).map(([name, shape]) => ({ name, shape, dtype: "float32" }));
  const size = weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const config = { name: "net", layers, input_layers: [["image", 0, 0]], output_layers: [["inside", 1, 0]] };
  return {
    json: { modelTopology: { class_name: "Model", config }, weightsManifest: [{ paths: ["w.bin"], weights }] },
    shards: new Uint8Array(Float32Array.from({ length: size }, (_, i) => Math.sin(i)).buffer),
  };
}

function graphModel() {
  return {
    json: JSON.parse(readFileSync(join(folder, "emotion.json"), "utf8")),
    shards: new Uint8Array(readFileSync(join(folder, "emotion.bin"))),
  };
}

describe("corrupted models", () => {
  test.each([
    ["graph model", graphModel],
    ["layers model", layersModel],
  ] as const)("%s", { timeout: 120_000 }, (_, make) => {
    const { json, shards } = make();
    expect(readTfjsModel(json, shards).outputs).toHaveLength(1);
    const text = JSON.stringify(json);
    const random = seeded(20);
    for (let i = 0; i < 1000; i++) {
      const broken = corrupted(text, random);
      const cut = random() < 0.1 ? shards.subarray(0, Math.floor(random() * shards.length)) : shards;
      const begun = performance.now();
      try {
        readTfjsModel(broken, cut, { partial: random() < 0.5 });
      } catch (error) {
        expect(error, `mutant ${i}`).toBeInstanceOf(NoemaError);
      }
      expect(performance.now() - begun, `mutant ${i}`).toBeLessThan(5000);
    }
  });
});
