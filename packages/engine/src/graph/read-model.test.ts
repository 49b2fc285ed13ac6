/** @file Files that are not what they should be: one clear error each. */
import { describe, expect, test } from "vitest";
import "../ops/index.js";
import { gradient } from "../autodiff/gradient.js";
import { compile } from "../runtime/compile.js";
import { add, concat, relu, tanh } from "./builder.js";
import { decodeModel } from "./decode.js";
import { constant, emit, input } from "./emit.js";
import { encodeModel } from "./encode.testing.js";
import { NoemaError } from "./error.js";
import type { GraphProto, ModelProto, NodeProto } from "./onnx-schema.js";
import { newestOpset, readModel } from "./read-model.js";
import { Tensor } from "./tensor.js";
import { writeModel } from "./write-model.js";

/** A convolution and a few layers behind it. */
function smallNetwork(): Uint8Array {
  const x = input("x", [1, 3, 8, 8]);
  const weight = constant(
    Tensor.ofNumbers(
      "float32",
      [4, 3, 3, 3],
      Array.from({ length: 108 }, (_, i) => Math.sin(i)),
    ),
  );
  weight.name = "weight";
  const conv = emit("Conv", [x, weight], {}, { name: "conv1" })[0]!;
  conv.name = "conv1_out";
  const active = relu(conv);
  active.name = "active";
  const y = tanh(add(active, conv));
  return writeModel({ inputs: { x }, outputs: { y } }).bytes;
}

const whole = smallNetwork();

/** The same network with its structure changed. */
function changed(change: (graph: { -readonly [K in keyof GraphProto]: GraphProto[K] }, model: ModelProto) => void) {
  const model = structuredClone(decodeModel(whole)) as ModelProto;
  change(model.graph!, model);
  return encodeModel(model);
}

/** The code and message of the error that f ends in. */
async function refusal(f: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await f();
  } catch (error) {
    if (error instanceof NoemaError) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: "none", message: "" };
}

const withNode = (graph: { nodes?: readonly NodeProto[] }, at: number, change: Partial<NodeProto>) => {
  graph.nodes = graph.nodes!.map((node, i) => (i === at ? { ...node, ...change } : node));
};

describe("a file that is not whole", () => {
  test("every truncation is refused", async () => {
    for (let length = 0; length < whole.length; length += 7) {
      const { code } = await refusal(() => readModel(whole.slice(0, length)));
      expect(["MODEL_CORRUPT", "TENSOR_SIZE", "VALUE_UNDEFINED", "OPSET_UNSUPPORTED"], `at ${length}`).toContain(code);
    }
  });

  test("flipped bits are refused or harmless", async () => {
    for (let bit = 0; bit < 8 * 200; bit += 3) {
      const bytes = whole.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      await refusal(() => readModel(bytes));
    }
  });

  test.each([
    ["empty", new Uint8Array()],
    ["a picture", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
    ["text", new TextEncoder().encode('{"format": "graph-model"}')],
    ["zeros", new Uint8Array(1000)],
  ])("%s is not a model", async (_, bytes) => {
    const { code, message } = await refusal(() => readModel(bytes));
    expect(code).toBe("MODEL_CORRUPT");
    expect(message).toMatch(/truncated, or not an ONNX model/);
  });
});

describe("a graph that cannot be computed", () => {
  test("a cycle", async () => {
    const bytes = changed((graph) => withNode(graph, 0, { inputs: ["y", "weight"] }));
    const { code, message } = await refusal(() => readModel(bytes));
    expect(code).toBe("GRAPH_CYCLE");
    expect(message).toMatch(/its own output/);
  });

  test("a name that nothing defines", async () => {
    const bytes = changed((graph) => withNode(graph, 1, { inputs: ["conv_out"] }));
    expect(await refusal(() => readModel(bytes))).toMatchObject({
      code: "VALUE_UNDEFINED",
      message: expect.stringContaining('"conv_out"'),
    });
  });

  test("a name defined twice", async () => {
    const bytes = changed((graph) => {
      graph.nodes = [...graph.nodes!, graph.nodes![0]!];
    });
    expect((await refusal(() => readModel(bytes))).code).toBe("NAME_TWICE");
  });

  test.each([0n, 6n, BigInt(newestOpset) + 1n, -1n, 2n ** 62n])("operator set %d", async (version) => {
    const bytes = changed((_, model) => {
      Object.assign(model, { opsetImport: [{ domain: "", version }] });
    });
    expect(await refusal(() => readModel(bytes))).toMatchObject({
      code: "OPSET_UNSUPPORTED",
      message: expect.stringContaining(`7 to ${newestOpset}`),
    });
  });

  test("functions that call themselves", async () => {
    const bytes = changed((graph, model) => {
      withNode(graph, 1, { op: "Again", domain: "house" });
      const nodes = [{ op: "Again", domain: "house", inputs: ["a"], outputs: ["b"] }];
      Object.assign(model, { functions: [{ name: "Again", domain: "house", inputs: ["a"], outputs: ["b"], nodes }] });
    });
    expect((await refusal(() => readModel(bytes))).code).toBe("GRAPH_CYCLE");
  });

  test("bodies in bodies in bodies", async () => {
    let body: GraphProto = { nodes: [{ op: "Relu", inputs: ["x"], outputs: ["leaf"] }], outputs: [{ name: "leaf" }] };
    for (let i = 0; i < 200; i++) {
      const branches = ["then_branch", "else_branch"].map((name) => ({ name, graph: body, type: 5n }));
      const node = { op: "If", inputs: ["x"], outputs: [`b${i}`], attributes: branches.slice(i < 4 ? 0 : 1) };
      body = { nodes: [node], outputs: [{ name: `b${i}` }] };
    }
    const bytes = changed((graph) => {
      graph.nodes = [...graph.nodes!, ...body.nodes!];
    });
    expect((await refusal(() => readModel(bytes))).code).toBe("MODEL_CORRUPT");
  });
});

describe("sizes beyond all measure", () => {
  test.each([2n ** 31n, 2n ** 40n, 2n ** 62n, -1n])("a constant with a dimension of %d", async (dim) => {
    const bytes = changed((graph) => {
      graph.initializers = graph.initializers!.map((t) => ({ ...t, dims: [4n, dim, 3n, 3n] }));
    });
    expect((await refusal(() => readModel(bytes))).code).toBe("TENSOR_TOO_LARGE");
  });

  test("a constant with more dimensions than data", async () => {
    const bytes = changed((graph) => {
      graph.initializers = graph.initializers!.map((t) => ({ ...t, dims: [4n, 1000n, 3n, 3n] }));
    });
    expect(await refusal(() => readModel(bytes))).toMatchObject({
      code: "TENSOR_SIZE",
      message: expect.stringContaining('initializer "weight"'),
    });
  });

  test("thousands of dimensions", async () => {
    const bytes = changed((graph) => {
      graph.initializers = graph.initializers!.map((t) => ({ ...t, dims: [...Array(5000).fill(1n), ...t.dims!] }));
    });
    const { code, message } = await refusal(() => readModel(bytes));
    expect(code).toBe("TENSOR_TOO_LARGE");
    expect(message.length).toBeLessThan(300);
  });

  test("an input that no memory holds is refused where it would be allocated", async () => {
    const model = readModel(whole, { inputShapes: { x: [4, 3, 9000, 9000] } });
    const signature = { inputs: { x: model.input() }, outputs: { y: model.output() } };
    expect(await refusal(() => compile(signature))).toMatchObject({
      code: "MODEL_TOO_LARGE",
      message: expect.stringContaining("GiB"),
    });
  });

  test("an array that doubles and doubles", async () => {
    let y = input("x", [1000]);
    const x = y;
    const grow = () => {
      for (let i = 0; i < 60; i++) y = concat([y, y], 0);
    };
    expect((await refusal(grow)).code).toBe("TENSOR_TOO_LARGE");
    const signature = { inputs: { x }, outputs: { y } };
    expect((await refusal(() => compile(signature))).code).toBe("MODEL_TOO_LARGE");
  });
});

describe("what the model is given", () => {
  test("an input of the wrong shape", async () => {
    expect((await refusal(() => readModel(whole, { inputShapes: { x: [3, 8, 8] } }))).code).toBe("INPUT_SHAPE");
    expect((await refusal(() => readModel(whole, { inputShapes: { x: [1, 4, 8, 8] } }))).code).toBe("CONV_CHANNELS");
    expect((await refusal(() => readModel(whole, { inputShapes: { image: [1, 3, 8, 8] } }))).code).toBe(
      "INPUT_UNKNOWN",
    );
  });

  test("a dimension that is left open", async () => {
    const dims = [{ value: 1n }, { value: 3n }, { parameter: "height" }, { parameter: "width" }];
    const bytes = changed((graph) => {
      graph.inputs = [{ name: "x", type: { tensor: { dataType: 1n, shape: { dims } } } }];
    });
    expect(await refusal(() => readModel(bytes))).toMatchObject({
      code: "DIMENSION_UNBOUND",
      message: expect.stringContaining("height, width"),
    });
    expect(readModel(bytes, { dimensions: { height: 9, width: 7 } }).output().shape).toEqual([1, 4, 7, 5]);
  });

  test("an unknown layer lists the nearest", async () => {
    const model = readModel(whole);
    expect(await refusal(() => model.value("conv1_ot"))).toMatchObject({
      code: "LAYER_UNKNOWN",
      message: expect.stringContaining('"conv1_out"'),
    });
  });

  test("weights in a file that is not there", async () => {
    const bytes = changed((graph) => {
      const external = [{ key: "location", value: "weights.bin" }];
      graph.initializers = graph.initializers!.map(({ raw: _, ...t }) => ({ ...t, location: 1n, external }));
    });
    expect(await refusal(() => readModel(bytes))).toMatchObject({
      code: "EXTERNAL_DATA",
      message: expect.stringContaining('"weights.bin"'),
    });
    const weights = new Uint8Array(108 * 4);
    expect(readModel(bytes, { externalData: () => weights }).output().shape).toEqual([1, 4, 6, 6]);
    const short = await refusal(() => readModel(bytes, { externalData: () => weights.subarray(1) }));
    expect(short.code).toBe("TENSOR_SIZE");
  });
});

describe("an operator that nobody knows", () => {
  const bytes = changed((graph) => withNode(graph, 1, { op: "Reluu", name: "act" }));

  test("is read: what lies before it stays usable", () => {
    expect(readModel(bytes).value("conv1_out").shape).toEqual([1, 4, 6, 6]);
  });

  test("is refused when it is to run, with the nearest names", async () => {
    const model = readModel(bytes);
    const signature = { inputs: { x: model.input() }, outputs: { y: model.output() } };
    expect(await refusal(() => compile(signature))).toMatchObject({
      code: "OPERATOR_UNKNOWN",
      message: expect.stringMatching(/Reluu "act".*Nearest: Relu/),
    });
  });

  test("passes no gradient", async () => {
    const model = readModel(bytes);
    const { code } = await refusal(() => gradient(model.value("active"), [model.input()]));
    expect(["GRADIENT_UNDEFINED", "SHAPE_UNKNOWN"]).toContain(code);
  });
});
