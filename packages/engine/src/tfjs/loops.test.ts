/** @file Loops and branches of graph models, run while they are read, beside tfjs, which runs them every time. */
import "@tensorflow/tfjs-backend-cpu";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import "../ops/index.js";
import type { ReadOptions } from "../graph/read-model.js";
import { Tensor } from "../graph/tensor.js";
import { compile } from "../runtime/compile.js";
import { relativeError, wholeSignature } from "./compare.testing.js";
import { type NodeInput, type TensorInput, type WrittenGraph, writeGraphModel } from "./graph-def.testing.js";
import { readTfjsModel } from "./read-tfjs-model.js";

const whole = (number: number): TensorInput => ({ dtype: "int32", shape: [], numbers: [number] });
const wholes = (...numbers: number[]): TensorInput => ({ dtype: "int32", shape: [numbers.length], numbers });
const x: TensorInput = { dtype: "float32", shape: [3, 2], numbers: [1, 2, 3, 4, 5, 6] };
const node = (
  op: string,
  name: string,
  inputs: readonly string[],
  attributes: NodeInput["attributes"] = {},
): NodeInput => {
  return { op, name, inputs, attributes };
};

/** A loop that carries values: each has where it begins, and what one iteration makes of it. */
function loop(
  frame: string,
  condition: (carried: Readonly<Record<string, string>>) => readonly NodeInput[],
  carried: Readonly<Record<string, { readonly from: string; readonly next: string }>>,
  body: (inside: Readonly<Record<string, string>>) => readonly NodeInput[],
): NodeInput[] {
  const names = Object.keys(carried);
  const called = (suffix: string) => Object.fromEntries(names.map((name) => [name, `${frame}/${name}${suffix}`]));
  const [heads, inside] = [called("/merge"), called("/switch:1")];
  return [
    ...names.flatMap((name) => [
      node("Enter", `${frame}/${name}/enter`, [carried[name].from], { frame_name: frame, is_constant: false }),
      node("Merge", heads[name], [`${frame}/${name}/enter`, `${frame}/${name}/again`], { N: 2 }),
      node("Switch", `${frame}/${name}/switch`, [heads[name], `${frame}/goes`]),
      node("NextIteration", `${frame}/${name}/again`, [carried[name].next]),
      node("Exit", `${frame}/${name}/exit`, [`${frame}/${name}/switch`]),
    ]),
    ...condition(heads),
    node("LoopCond", `${frame}/goes`, [`${frame}/condition`]),
    ...body(inside),
  ];
}

async function both(graph: WrittenGraph, options: ReadOptions = {}) {
  const { json, shards } = graph;
  const ours = readTfjsModel(json, shards, options);
  const theirs = await loadGraphModel(
    tf.io.fromMemory({
      ...json,
      weightSpecs: json.weightsManifest[0].weights,
      weightData: shards.buffer,
    } as unknown as tf.io.ModelArtifacts),
  );
  const ends = ours.outputs.map((output) => output.name);
  const wanted = [await theirs.executeAsync({ x: tf.tensor2d([...x.numbers], [3, 2]) }, ends)].flat();
  await using program = await compile(wholeSignature(ours));
  const found = await program.run({ x: Tensor.ofNumbers("float32", x.shape, x.numbers) });
  ends.forEach((end, i) => {
    expect(found[end].dims).toEqual(wanted[i].shape);
    expect(relativeError(found[end].data, wanted[i].dataSync())).toBeLessThan(1e-6);
  });
  return ours;
}

const limited = (limit: string) => (heads: Readonly<Record<string, string>>) => [
  node("Less", "loop/condition", [heads.i, limit]),
];

/** As often as the limit says: the value is doubled. */
const doubling = (limit: TensorInput): WrittenGraph =>
  writeGraphModel({
    placeholders: { x },
    constants: { zero: whole(0), one: whole(1), limit },
    nodes: loop(
      "loop",
      limited("limit"),
      { i: { from: "zero", next: "loop/i/next" }, v: { from: "x", next: "loop/v/next" } },
      (inside) => [node("AddV2", "loop/i/next", [inside.i, "one"]), node("AddV2", "loop/v/next", [inside.v, inside.v])],
    ),
    outputs: ["loop/v/exit"],
  });

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("loops", () => {
  test("values are carried from iteration to iteration", async () => {
    const model = await both(doubling(whole(3)));
    expect(model.layers.map((layer) => layer.name)).toEqual(
      expect.arrayContaining(["loop/v/next", "loop/v/next(2)", "loop/v/next(3)"]),
    );
    await both(doubling(whole(0)));
  });

  test("tensors go into arrays and come out", async () => {
    const graph = writeGraphModel({
      placeholders: { x },
      constants: { zero: whole(0), one: whole(1), three: whole(3), places: wholes(0, 1, 2), swapped: wholes(2, 0) },
      nodes: [
        node("TensorArrayV3", "from", ["three"], { dtype: "DT_FLOAT", dynamic_size: false }),
        node("TensorArrayScatterV3", "from/all", ["from", "places", "x", "from:1"]),
        node("TensorArrayV3", "to", ["three"], { dtype: "DT_FLOAT", dynamic_size: false }),
        ...loop(
          "loop",
          limited("three"),
          { i: { from: "zero", next: "loop/i/next" }, list: { from: "to:1", next: "loop/write" } },
          (inside) => [
            node("AddV2", "loop/i/next", [inside.i, "one"]),
            node("Enter", "loop/from", ["from"], { frame_name: "loop", is_constant: true }),
            node("Enter", "loop/all", ["from/all"], { frame_name: "loop", is_constant: true }),
            node("Enter", "loop/to", ["to"], { frame_name: "loop", is_constant: true }),
            node("TensorArrayReadV3", "loop/read", ["loop/from", inside.i, "loop/all"], { dtype: "DT_FLOAT" }),
            node("Square", "loop/square", ["loop/read"]),
            node("TensorArrayWriteV3", "loop/write", ["loop/to", inside.i, "loop/square", inside.list]),
          ],
        ),
        node("TensorArrayGatherV3", "gathered", ["to", "swapped", "loop/list/exit"], { dtype: "DT_FLOAT" }),
      ],
      outputs: ["gathered"],
    });
    const { json, shards } = graph;
    const ours = readTfjsModel(json, shards);
    await using program = await compile(wholeSignature(ours));
    const { gathered } = await program.run({ x: Tensor.ofNumbers("float32", x.shape, x.numbers) });
    expect([...gathered.toNumbers()]).toEqual([25, 36, 1, 4]);
  });

  test("tensors go into lists and come out", async () => {
    await both(
      writeGraphModel({
        placeholders: { x },
        constants: { zero: whole(0), one: whole(1), three: whole(3), two: wholes(2) },
        nodes: [
          node("TensorListFromTensor", "from", ["x", "two"], { element_dtype: "DT_FLOAT" }),
          node("TensorListReserve", "to", ["two", "three"], { element_dtype: "DT_FLOAT" }),
          ...loop(
            "loop",
            limited("three"),
            {
              i: { from: "zero", next: "loop/i/next" },
              from: { from: "from", next: "loop/from/switch:1" },
              to: { from: "to", next: "loop/set" },
            },
            (inside) => [
              node("AddV2", "loop/i/next", [inside.i, "one"]),
              node("TensorListGetItem", "loop/get", [inside.from, inside.i, "two"], { element_dtype: "DT_FLOAT" }),
              node("Square", "loop/square", ["loop/get"]),
              node("TensorListSetItem", "loop/set", [inside.to, inside.i, "loop/square"], {
                element_dtype: "DT_FLOAT",
              }),
            ],
          ),
          node("TensorListStack", "stacked", ["loop/to/exit", "two"], { element_dtype: "DT_FLOAT", num_elements: 3 }),
        ],
        outputs: ["stacked"],
      }),
    );
  });

  test("a branch whose condition is known is taken", async () => {
    for (const limit of [1, 7]) {
      await both(
        writeGraphModel({
          placeholders: { x },
          constants: { five: whole(5), limit: whole(limit) },
          nodes: [
            node("Less", "condition", ["five", "limit"]),
            node("Switch", "switch", ["x", "condition"]),
            node("Neg", "negative", ["switch"]),
            node("Square", "square", ["switch:1"]),
            node("Merge", "merge", ["negative", "square"], { N: 2 }),
            node("Identity", "end", ["merge"]),
          ],
          outputs: ["end"],
        }),
      );
    }
  });

  test("conditions on data, and loops without end, are refused", () => {
    const { json, shards } = writeGraphModel({
      placeholders: { x },
      constants: { zero: { dtype: "float32", shape: [], numbers: [0] } },
      nodes: [
        node("Less", "condition", ["zero", "x"]),
        node("Switch", "switch", ["x", "condition"]),
        node("Merge", "merge", ["switch", "switch:1"], { N: 2 }),
      ],
      outputs: ["merge"],
    });
    expect(() => readTfjsModel(json, shards)).toThrow(/depends on its data.*OPERATOR_UNSUPPORTED/);
    const endless = doubling(whole(2 ** 31 - 1));
    expect(() => readTfjsModel(endless.json, endless.shards)).toThrow(/MODEL_TOO_LARGE/);
  });
});
