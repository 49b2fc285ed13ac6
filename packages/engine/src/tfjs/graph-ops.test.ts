/** @file Every TensorFlow operator that is translated, beside tfjs: one node a case, with what may be said of it. */
import "@tensorflow/tfjs-backend-cpu";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, test } from "vitest";
import "../ops/index.js";
import { Tensor } from "../graph/tensor.js";
import { compile } from "../runtime/compile.js";
import { relativeError, wholeSignature } from "./compare.testing.js";
import { writeGraphModel } from "./graph-def.testing.js";
import { conv, type OpCase, opCases } from "./op-cases.testing.js";
import { rules } from "./ops/index.js";
import { listRules } from "./ops/lists.js";
import { readTfjsModel } from "./read-tfjs-model.js";

/** The graph of a case: operands, perhaps a pool that makes images lead, the node, an identity per output. */
function graphOf(op: string, given: OpCase) {
  const { fed, known = [], attributes = {}, outputs = 1, led = false } = given;
  const placeholders = Object.fromEntries(fed.map((tensor, i) => [`f${i}`, tensor]));
  const constants = Object.fromEntries(known.map((tensor, i) => [`k${i}`, tensor]));
  const leading = (name: string) =>
    led && placeholders[name]?.shape.length === 4 && placeholders[name].dtype === "float32";
  const order = given.order ?? [...Object.keys(placeholders), ...Object.keys(constants)];
  const pools = order.filter(leading).map((name) => ({
    op: "MaxPool",
    name: `pooled/${name}`,
    inputs: [name],
    attributes: conv({ ksize: [1, 1, 1, 1] }),
  }));
  const node = {
    op,
    name: "it",
    inputs: order.map((name) => (leading(name) ? `pooled/${name}` : name)),
    attributes: op.startsWith("Concat") ? { N: fed.length, ...attributes } : attributes,
  };
  const ends = Array.from({ length: outputs }, (_, i) => ({
    op: "Identity",
    name: `end${i}`,
    inputs: [i === 0 ? "it" : `it:${i}`],
  }));
  return writeGraphModel({
    placeholders,
    constants,
    nodes: [...pools, node, ...ends],
    outputs: ends.map((e) => e.name),
  });
}

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("operators", () => {
  test.each(Object.keys(opCases))("%s", async (name) => {
    const given = opCases[name];
    const { json, shards } = graphOf(name.split("/")[0], given);
    const ours = readTfjsModel(json, shards);
    const ends = ours.outputs.map((output) => output.name);
    const graph = await loadGraphModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        format: json.format,
        signature: json.signature as tf.io.ModelArtifacts["signature"],
        weightSpecs: json.weightsManifest[0].weights as tf.io.WeightsManifestEntry[],
        weightData: shards.buffer as ArrayBuffer,
      } as tf.io.ModelArtifacts),
    );
    const feeds = Object.fromEntries(
      given.fed.map(({ dtype, shape, numbers }, i) => [`f${i}`, tf.tensor([...numbers], [...shape], dtype)]),
    );
    const theirs = [graph.execute(feeds, ends)].flat();
    await using program = await compile(wholeSignature(ours));
    const results = await program.run(
      Object.fromEntries(
        given.fed.map(({ dtype, shape, numbers }, i) => [`f${i}`, Tensor.ofNumbers(dtype, shape, numbers)]),
      ),
    );
    ends.forEach((end, i) => {
      expect(results[end].dims).toEqual(theirs[i].shape);
      // tfjs says that quotients rounded down are whole; in TensorFlow they stay floats.
      if (name !== "FloorDiv") expect(results[end].dtype).toBe(theirs[i].dtype);
      expect(relativeError(results[end].data, theirs[i].dataSync())).toBeLessThan(1e-5);
    });
  });

  /** What tfjs has no kernel for, passes through, or gets wrong on this backend. */
  const untested = new Set([
    ..."BiasAddV1 Div Inv Mod IsInf IsFinite LogicalXor Softsign Reverse Concat".split(" "),
    ..."DepthwiseConv2d Conv2dTranspose Conv3D MaxPool3D AvgPool3D FusedBatchNorm FusedBatchNormV2".split(" "),
    ..."BatchMatMul EnsureShape SpaceToDepth ShapeN".split(" "),
    ..."IdentityN Snapshot StopGradient PreventGradient CheckNumerics Print".split(" "),
    ..."PlaceholderWithDefault FakeQuantWithMinMaxVars".split(" "),
    // In loops.test.ts.
    ..."Enter LoopCond NextIteration".split(" "),
    ...Object.keys(listRules),
  ]);

  test("every rule has a case", () => {
    const tried = new Set(Object.keys(opCases).map((name) => name.split("/")[0]));
    expect(Object.keys(rules).filter((op) => !tried.has(op) && !untested.has(op))).toEqual([]);
  });
});
