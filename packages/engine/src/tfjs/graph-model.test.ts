/** @file The graph models of @vladmandic/human, read and run here and by tfjs; and graph models that are broken. */
import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import "../ops/index.js";
import { gradient } from "../autodiff/gradient.js";
import { reduceSum } from "../graph/builder.js";
import { NoemaError } from "../graph/error.js";
import type { ReadOptions } from "../graph/read-model.js";
import type { Tensor } from "../graph/tensor.js";
import { ancestors } from "../graph/topology.js";
import { compile } from "../runtime/compile.js";
import { drawn, relativeError, seeded, wholeSignature } from "./compare.testing.js";
import { texts, type WrittenGraph, writeGraphModel } from "./graph-def.testing.js";
import { readTfjsModel } from "./read-tfjs-model.js";

const folder = join(dirname(createRequire(import.meta.url).resolve("@vladmandic/human")), "..", "models");

function files(name: string) {
  const json = JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));
  return { json, shards: new Uint8Array(readFileSync(join(folder, `${name}.bin`))) };
}

function read(name: string, options: ReadOptions = {}) {
  const { json, shards } = files(name);
  return readTfjsModel(json, shards, options);
}

/** A model in tfjs itself. */
async function inTfjs(name: string) {
  const { json, shards } = files(name);
  const weightSpecs = json.weightsManifest.flatMap((group: { weights: unknown[] }) => group.weights);
  return loadGraphModel(tf.io.fromMemory({ ...json, weightSpecs, weightData: shards.slice().buffer }));
}

const toTfjs = (tensor: Tensor) =>
  tf.tensor(tensor.data as Float32Array | Int32Array, [...tensor.dims], tensor.dtype as "float32" | "int32");

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("models", () => {
  const names = [
    "emotion",
    "faceres",
    "centernet",
    "blazeface",
    "facemesh",
    "movenet-lightning",
    "antispoof",
    "handlandmark-lite",
    "iris",
    "liveness",
  ];

  test.each(names)("%s gives the outputs that tfjs gives", { timeout: 120_000 }, async (name) => {
    const model = read(name);
    const graph = await inTfjs(name);
    expect(model.inputs.map((x) => [x.name, x.dtype])).toEqual(graph.inputs.map((x) => [x.name, x.dtype]));
    expect(model.outputs.map((y) => y.name)).toEqual(graph.outputs.map((y) => y.name));
    const feed = drawn(model.input(), seeded(5));
    const theirs = [graph.execute(toTfjs(feed))].flat();
    await using program = await compile(wholeSignature(model));
    const ours = await program.run({ [model.input().name]: feed });
    model.outputs.forEach(({ name: output, value }, i) => {
      expect(value.shape).toEqual(theirs[i].shape);
      expect(ours[output].dtype).toBe(theirs[i].dtype);
      expect(relativeError(ours[output].data, theirs[i].dataSync()), output).toBeLessThan(1e-4);
    });
    graph.dispose();
  });

  // Which boxes it keeps depends on its data; the rest of it, behind a loop over its images, does not.
  test("handtrack gives its boxes and scores", { timeout: 120_000 }, async () => {
    expect(() => read("handtrack")).toThrow(/Where, NonMaxSuppressionV5.*OPERATOR_UNSUPPORTED/);
    const model = read("handtrack", { partial: true });
    const graph = await inTfjs("handtrack");
    const feed = drawn(model.input(), seeded(5));
    const ends = ["Identity_6", "Identity_7"];
    const theirs = [await graph.executeAsync(toTfjs(feed), ends)].flat();
    const outputs = Object.fromEntries(ends.map((end) => [end, model.output(end)]));
    await using program = await compile({ inputs: { x: model.input() }, outputs });
    const ours = await program.run({ x: feed });
    ends.forEach((end, i) => {
      expect(relativeError(ours[end].data, theirs[i].dataSync())).toBeLessThan(1e-4);
    });
  });

  test("layers keep their names, and what they give is channels first", async () => {
    const model = read("emotion");
    const { json } = files("emotion");
    const named = json.modelTopology.node.filter((node: { op: string }) => !["Const", "Placeholder"].includes(node.op));
    expect(model.layers.map((layer) => layer.name).sort()).toEqual(
      named.map((node: { name: string }) => node.name).sort(),
    );
    const layer = model.layers.find(({ op }) => op === "DepthwiseConv2dNative")!;
    const feed = drawn(model.input(), seeded(5));
    const graph = await inTfjs("emotion");
    const theirs = tf.transpose(graph.execute(toTfjs(feed), layer.name) as tf.Tensor, [0, 3, 1, 2]);
    const value = model.value(layer.name);
    expect(value.shape).toEqual(theirs.shape);
    await using program = await compile({ inputs: { x: model.input() }, outputs: { y: value } });
    const { y } = await program.run({ x: feed });
    expect(relativeError(y.data, theirs.dataSync())).toBeLessThan(1e-5);
  });

  test("a chain of convolutions has one Transpose, at the input", () => {
    const trunk = read("centernet").value("tower_0/extern1/hard_swish/mul_1");
    expect(ancestors([trunk]).filter((node) => node.op === "Transpose")).toHaveLength(1);
    expect(trunk.shape).toEqual([1, 480, 16, 16]);
  });

  test("a gradient passes, at another size than the model was made for", async () => {
    const options = { inputShapes: { "tower_0/images": [1, 96, 96, 3] }, partial: true };
    const model = read("centernet", options);
    const [x, y] = [model.input(), model.value("tower_0/extern1/hard_swish/mul_1")];
    expect(() => model.value("tower_0/CenternetHead/concat")).toThrow(/SHAPES_DIFFER/);
    const objective = reduceSum(y);
    const [slope] = gradient(objective, [x]);
    expect(slope.shape).toEqual([1, 96, 96, 3]);
    await using program = await compile({ inputs: { x }, outputs: { objective, slope } });
    const feed = drawn(x, seeded(5));
    const at = async (step: number, direction: Tensor) => {
      const moved = Float32Array.from(feed.data as Float32Array, (v, i) => v + step * Number(direction.data[i]));
      const found = await program.run({ x: moved });
      return Number(found.objective.data[0]);
    };
    const { slope: direction } = await program.run({ x: feed });
    const norm = (direction.data as Float32Array).reduce((sum, v) => sum + v * v, 0);
    const step = 1e-3 / Math.sqrt(norm);
    const measured = ((await at(step, direction)) - (await at(-step, direction))) / (2 * step);
    expect(measured / norm).toBeCloseTo(1, 1);
  });
});

describe("what is refused", () => {
  /** A convolution, then something. */
  function small(op = "Relu"): WrittenGraph {
    return writeGraphModel({
      placeholders: { x: { dtype: "float32", shape: [-1, 6, -1, 2], numbers: [] } },
      constants: { filter: { dtype: "float32", shape: [3, 3, 2, 4], numbers: Array.from({ length: 72 }, () => 0.1) } },
      nodes: [
        {
          op: "_FusedConv2D",
          name: "conv",
          inputs: ["x", "filter"],
          attributes: { strides: [1, 1, 1, 1], padding: "SAME", fused_ops: texts("Relu") },
        },
        { op, name: "after", inputs: ["conv"] },
        { op: "Other", name: "aside", inputs: ["conv"] },
      ],
      outputs: ["after"],
    });
  }
  const bound = { dimensions: { width: 5 } };
  const altered = (from: string, to: string) => {
    const text = JSON.stringify(small().json);
    expect(text).toContain(from);
    return JSON.parse(text.replace(from, to));
  };
  const code = (expected: string) => expect.objectContaining({ code: expected });

  test("dimensions are bound by place, by shape, the first to 1", () => {
    const { json, shards } = small();
    expect(readTfjsModel(json, shards, bound).output().shape).toEqual([1, 6, 5, 4]);
    const shaped = readTfjsModel(json, shards, { inputShapes: { x: [2, 3, 4, 2] } });
    expect(shaped.output().shape).toEqual([2, 3, 4, 4]);
    expect(() => readTfjsModel(json, shards)).toThrow(code("DIMENSION_UNBOUND"));
    expect(() => readTfjsModel(json, shards, { inputShapes: { y: [1, 2, 3, 2] } })).toThrow(code("INPUT_UNKNOWN"));
    expect(() => readTfjsModel(json, shards, { inputShapes: { x: [1, 2, 2] } })).toThrow(code("INPUT_SHAPE"));
    expect(() => readTfjsModel(json, shards, { inputShapes: { x: [1, 2, 3, 3] } })).toThrow(code("CONV_CHANNELS"));
    expect(readTfjsModel(json, shards, { partial: true }).input().knownShape).toBeNull();
  });

  test("operators that no rule translates, if an output needs them", () => {
    const { json, shards } = small("Strange");
    expect(() => readTfjsModel(json, shards, bound)).toThrow(/Strange.*OPERATOR_UNSUPPORTED/);
    const partial = readTfjsModel(json, shards, { ...bound, partial: true });
    expect(partial.value("conv").shape).toEqual([1, 4, 6, 5]);
    expect(() => partial.value("after")).toThrow(/Strange.*OPERATOR_UNSUPPORTED/);
    expect(() => readTfjsModel(small().json, shards, bound).value("aside")).toThrow(/Other.*OPERATOR_UNSUPPORTED/);
  });

  test.each<[string, string, string]>([
    ['"input":["conv"]', '"input":["nowhere"]', "VALUE_UNDEFINED"],
    ['"input":["x","filter"]', '"input":["after","filter"]', "GRAPH_CYCLE"],
    ['"input":["x","filter"]', '"input":["x"]', "OPERATOR_INPUTS"],
    ['"input":["conv"]', '"input":["conv:1"]', "OUTPUT_MISSING"],
    ['"name":"after"', '"name":"conv"', "NAME_TWICE"],
    ['"name":"filter"', '"name":"another"', "VALUE_UNDEFINED"],
    ['"shape":[3,3,2,4]', '"shape":[3,3,2,5]', "WEIGHTS_TRUNCATED"],
    ['"shape":[3,3,2,4]', '"shape":[3,3,-2,4]', "MODEL_CORRUPT"],
    ['"shape":[3,3,2,4]', '"shape":[3e5,3e5,2,4]', "MODEL_CORRUPT"],
    ['"shape":[3,3,2,4]', '"shape":"none"', "MODEL_CORRUPT"],
    ['"shape":[3,3,2,4]', '"shape":[2,4]', "CONV_CHANNELS"],
    ['"weights":[', '"weights":[null,', "MODEL_CORRUPT"],
    ['"strides":{"list"', '"strides":{"list":{"i":["1","0","1","1"]},"other"', "WINDOW_ATTRIBUTES"],
    ['"strides":{"list"', '"strides":{"list":{"i":["1","x","1","1"]},"other"', "ATTRIBUTE_KIND"],
    ['"size":"6"', '"size":"600000000000"', "TENSOR_TOO_LARGE"],
    ['"node":[', '"node":[7,', "MODEL_CORRUPT"],
    ['"node":[', '"nodes":[', "MODEL_CORRUPT"],
  ])("%s made %s", (from, to, expected) => {
    const json = altered(from, to);
    const reading = () => readTfjsModel(json, small().shards, bound);
    expect(reading).toThrow(NoemaError);
    expect(reading).toThrow(code(expected));
  });

  test("files that are no models", () => {
    for (const json of [null, 7, "text", [], {}, { modelTopology: null }, { modelTopology: { node: {} } }]) {
      expect(() => readTfjsModel(json, [])).toThrow(code("MODEL_CORRUPT"));
    }
    expect(() => readTfjsModel(small().json, [], bound)).toThrow(code("WEIGHTS_TRUNCATED"));
  });

  test("control inputs do not count, order does not matter", () => {
    const { json, shards } = small();
    const node = json.modelTopology.node.map((n) =>
      n.name === "conv" ? { ...n, input: ["x", "filter", "^after"] } : n,
    );
    const model = readTfjsModel({ ...json, modelTopology: { node: node.reverse() } }, shards, bound);
    expect(model.output().shape).toEqual([1, 6, 5, 4]);
  });
});
