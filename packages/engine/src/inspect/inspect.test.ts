import { expect, test } from "vitest";
import "../ops/index.js";
import { add, relu, reshape } from "../graph/builder.js";
import { decodeModel } from "../graph/decode.js";
import { constant, emit, input } from "../graph/emit.js";
import { encodeModel } from "../graph/encode.testing.js";
import type { ModelProto, NodeProto } from "../graph/onnx-schema.js";
import { readModel } from "../graph/read-model.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { writeModel } from "../graph/write-model.js";
import { inspect } from "./inspect.js";
import { operatorSupport } from "./operator-support.js";
import { operatorsUsed } from "./operators-used.js";

const weight = (dims: readonly number[], name: string) => {
  const size = dims.reduce((a, b) => a * b, 1);
  return constant(Tensor.of("float32", dims, new Float32Array(size).fill(0.1)), name);
};

/** conv1 (3 to 4 channels), relu1, fc (of 144 to 5), fc again with the same weights, where the sum goes in. */
function network(): Uint8Array {
  const named = (value: Value, name: string) => Object.assign(value, { name });
  const x = input("x", [1, 3, 8, 8]);
  const [conv] = emit("Conv", [x, weight([4, 3, 3, 3], "w"), weight([4], "b")], {}, { name: "conv1" });
  const flat = named(reshape(named(relu(named(conv!, "conv")), "active"), [1, 144]), "flat");
  const shared = weight([144, 5], "shared");
  const [left, right] = [0, 1].map((i) => named(emit("Gemm", [flat, shared])[0]!, `fc${i}`));
  return writeModel({ inputs: { x }, outputs: { y: add(left!, right!) } }).bytes;
}

function withNode(node: NodeProto, output: string): Uint8Array {
  const { graph, ...rest } = decodeModel(network());
  const changed = { ...graph, nodes: [...graph!.nodes!, node], outputs: [{ ...graph!.outputs![0]!, name: output }] };
  return encodeModel({ ...rest, graph: changed } as ModelProto);
}

test("layers with their shapes, parameters and multiply-adds", () => {
  const { inputs, outputs, layers, parameters, multiplyAdds, operators } = inspect(readModel(network()));
  expect(inputs).toEqual([{ name: "x", dtype: "float32", shape: [1, 3, 8, 8] }]);
  expect(outputs).toEqual([{ name: "y", dtype: "float32", shape: [1, 5] }]);
  const rows = layers.map((layer) => [layer.operator, layer.outputs[0]!.shape, layer.parameters, layer.multiplyAdds]);
  expect(rows).toEqual([
    ["Conv", [1, 4, 6, 6], 4 * 3 * 9 + 4, 4 * 36 * 27],
    ["Relu", [1, 4, 6, 6], 0, 0],
    ["Reshape", [1, 144], 0, 0],
    ["Gemm", [1, 5], 144 * 5, 144 * 5],
    // The weights are counted once, the work is not.
    ["Gemm", [1, 5], 0, 144 * 5],
    ["Add", [1, 5], 0, 0],
  ]);
  expect(parameters).toBe(112 + 720);
  expect(multiplyAdds).toBe(3888 + 2 * 720);
  expect(operators[0]).toEqual({ operator: "Gemm", layers: 2, gradient: "yes" });
});

test("what has no gradient, and why", () => {
  const bytes = withNode({ op: "NonZero", inputs: ["active"], outputs: ["places"] }, "places");
  const last = inspect(readModel(bytes)).layers.at(-1)!;
  expect(last).toMatchObject({ operator: "NonZero", multiplyAdds: 0 });
  expect(last.gradient).not.toBe("yes");
  const sign = inspect(readModel(withNode({ op: "Sign", inputs: ["active"], outputs: ["s"] }, "s"))).layers.at(-1)!;
  expect(sign.gradient).toBe("zero");
});

test("an operator that nobody knows is listed as such", () => {
  const bytes = withNode({ op: "Frobnicate", domain: "house", inputs: ["active"], outputs: ["f"] }, "f");
  expect(inspect(readModel(bytes)).layers.at(-1)).toMatchObject({
    operator: "house::Frobnicate",
    multiplyAdds: null,
    gradient: "none",
    reason: "the engine does not know it",
  });
  const used = operatorsUsed(bytes);
  expect(used.find(({ name }) => name === "Frobnicate")).toMatchObject({ domain: "house", nodes: 1, known: false });
  expect(used.find(({ name }) => name === "Gemm")).toMatchObject({ domain: "", nodes: 2, known: true });
});

test("a layer that does not accept the shapes says so, and those before it are described", () => {
  const model = readModel(network(), { inputShapes: { x: [1, 3, 16, 16] }, partial: true });
  const { layers } = inspect(model);
  expect(layers[0]!.outputs[0]!.shape).toEqual([1, 4, 14, 14]);
  expect(layers[2]).toMatchObject({ operator: "Reshape", outputs: [{ shape: null }] });
  expect(layers[2]!.reason).toMatch(/RESHAPE_SIZE/);
});

test("every operator that is read is in the table of support", () => {
  const support = operatorSupport();
  expect(support.length).toBeGreaterThan(100);
  const find = (name: string) => support.find((one) => one.name === name);
  expect(find("Conv")).toMatchObject({ domain: "", gradient: "rule", rewritten: expect.any(Boolean) });
  expect(find("Sign")).toMatchObject({ gradient: "zero" });
  for (const { gradient, reason, name } of support) if (gradient === "none") expect(reason, name).toBeTruthy();
});
