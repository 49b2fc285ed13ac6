import { InferenceSession } from "onnxruntime-node";
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from "vitest";
import "../ops/index.js";
import { gradient } from "../autodiff/gradient.js";
import { add, identity, log, mul, relu, slice, softmax, tanh } from "../graph/builder.js";
import { decodeModel } from "../graph/decode.js";
import { constant, emit, input } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import { readModel } from "../graph/read-model.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { type Signature, writeModel } from "../graph/write-model.js";
import { type CompileOptions, compile } from "./compile.js";
import type { Program } from "./program.js";
import { placeNodes } from "./provider-gaps.js";

let created: MockInstance<typeof InferenceSession.create>;
const programs: Program[] = [];

beforeEach(() => {
  created = vi.spyOn(InferenceSession, "create");
});

afterEach(async () => {
  for (const program of programs.splice(0)) await program.dispose();
  created.mockRestore();
});

async function compiled(signature: Signature, options?: CompileOptions): Promise<Program> {
  const program = await compile(signature, options);
  programs.push(program);
  return program;
}

const numbers = (tensor: Tensor | undefined) => Array.from(tensor!.toNumbers());

/** y = x·weights, where the weights lie outside the program. */
function product(weights: readonly number[] = Array.from({ length: 1024 }, (_, i) => i % 7)): Signature {
  const x = input("x", [1, 2]);
  const w = constant(Tensor.ofNumbers("float32", [2, 512], weights));
  return { inputs: { x }, outputs: { y: emit("MatMul", [x, w])[0]! } };
}

function square(): Signature {
  const x = input("x", [2, 2]);
  return { inputs: { x }, outputs: { y: mul(x, x) } };
}

async function refusal(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    if (error instanceof NoemaError) return error.message;
    throw error;
  }
  return "nothing was refused";
}

describe("sessions", () => {
  test("programs of equal content share one, also when they are compiled at the same time", async () => {
    const [a, b] = await Promise.all([compiled(product()), compiled(product())]);
    const c = await compiled(product());
    expect(created).toHaveBeenCalledTimes(1);
    const [first, second, third] = await Promise.all([a!, b!, c].map((program) => program.run({ x: [1, 2] })));
    expect(numbers(first!.y)).toEqual(numbers(second!.y));
    expect(numbers(first!.y)).toEqual(numbers(third!.y));
  });

  test("a session lives until the last of its programs is disposed", async () => {
    const a = await compiled(square());
    const b = await compiled(square());
    const released = vi.spyOn((await created.mock.results[0]!.value) as InferenceSession, "release");
    await a.dispose();
    await a.dispose();
    expect(released).not.toHaveBeenCalled();
    expect(numbers((await b.run({ x: [1, 2, 3, 4] })).y)).toEqual([1, 4, 9, 16]);
    await b.dispose();
    expect(released).toHaveBeenCalledTimes(1);
    await compiled(square());
    expect(created).toHaveBeenCalledTimes(2);
  });

  test("other weights, other options and other names are other programs", async () => {
    await compiled(product());
    await compiled(product(Array.from({ length: 1024 }, () => 1)));
    await compiled(product(), { threads: 1 });
    const { inputs, outputs } = product();
    await compiled({ inputs, outputs: { z: outputs.y! } });
    expect(created).toHaveBeenCalledTimes(4);
  });

  test("a refused session is not kept", async () => {
    const graph: Signature = square();
    created.mockRejectedValueOnce(new Error("out of luck"));
    expect(await refusal(() => compile(graph))).toMatch(/out of luck.*code: SESSION_REFUSED$/);
    const program = await compiled(graph);
    expect(numbers((await program.run({ x: [1, 2, 3, 4] })).y)).toEqual([1, 4, 9, 16]);
  });

  test("a disposed program does not run", async () => {
    const program = await compiled(square());
    await program.dispose();
    expect(await refusal(() => program.run({ x: [1, 2, 3, 4] }))).toMatch(/code: PROGRAM_DISPOSED$/);
  });

  test("`await using` disposes", async () => {
    const program = await compiled(square());
    await program[Symbol.asyncDispose]();
    expect(await refusal(() => program.run({ x: [1, 2, 3, 4] }))).toMatch(/PROGRAM_DISPOSED/);
  });
});

describe("options", () => {
  const optionsGiven = () => created.mock.calls[0]![1] as InferenceSession.SessionOptions;

  test("by default denormal numbers are zero", async () => {
    await compiled(square());
    expect(optionsGiven()).toMatchObject({ extra: { session: { set_denormal_as_zero: "1" } } });
    expect(optionsGiven()).not.toHaveProperty("executionProviders");
    expect(optionsGiven()).not.toHaveProperty("intraOpNumThreads");
  });

  test("threads and providers are passed through", async () => {
    await compiled(square(), { threads: 1, executionProviders: [{ name: "cpu" }, "cpu"] });
    expect(optionsGiven()).toMatchObject({ intraOpNumThreads: 1, executionProviders: [{ name: "cpu" }, "cpu"] });
  });

  test("anything else is, too, and wins", async () => {
    const session = {
      graphOptimizationLevel: "disabled",
      intraOpNumThreads: 2,
      extra: { session: { "session.use_env_allocators": "0" } },
    } as const;
    await compiled(square(), { threads: 1, session });
    expect(optionsGiven()).toMatchObject({ graphOptimizationLevel: "disabled", intraOpNumThreads: 2 });
    expect(optionsGiven().extra).toEqual({
      session: { set_denormal_as_zero: "1", "session.use_env_allocators": "0" },
    });
  });

  test("a provider that is not there is refused by name", async () => {
    const message = await refusal(() => compile(square(), { executionProviders: ["no-such-provider"] }));
    expect(message).toMatch(/no-such-provider.*code: SESSION_REFUSED$/s);
  });

  test("the memory limit is checked before anything is made", async () => {
    const x = input("x", [1024, 1024]);
    const graph = { inputs: { x }, outputs: { y: mul(x, x) } };
    expect(await refusal(() => compile(graph, { memoryLimit: 2 ** 20 }))).toMatch(/code: MODEL_TOO_LARGE$/);
    expect(created).not.toHaveBeenCalled();
    await compiled(graph, { memoryLimit: Number.POSITIVE_INFINITY });
    expect(created).toHaveBeenCalledTimes(1);
  });

  test("memory is counted as arrays come and go, not all at once", async () => {
    const x = input("x", [1024, 256]);
    let y = x;
    for (let i = 0; i < 50; i++) y = tanh(y);
    // Of 50 arrays of 1 MiB three are alive at a time: the input, one that is read, one that is written.
    await compiled({ inputs: { x }, outputs: { y } }, { memoryLimit: 3 * 2 ** 20 });
    expect(created).toHaveBeenCalledTimes(1);
  });
});

describe("inputs", () => {
  test.each([
    ["nothing given", {}, "INPUT_MISSING"],
    ["an unknown name", { x: [1, 2, 3, 4], xx: [1] }, "INPUT_UNKNOWN"],
    ["a name that every object has", { x: [1, 2, 3, 4], toString: [1] }, "INPUT_UNKNOWN"],
    ["too few numbers", { x: [1, 2, 3] }, "INPUT_SHAPE"],
    ["too many numbers", { x: new Float32Array(5) }, "INPUT_SHAPE"],
    ["another shape", { x: Tensor.ofNumbers("float32", [4, 1], [1, 2, 3, 4]) }, "INPUT_SHAPE"],
    ["another rank", { x: Tensor.ofNumbers("float32", [4], [1, 2, 3, 4]) }, "INPUT_SHAPE"],
    ["another element type", { x: new Int32Array(4) }, "INPUT_TYPE"],
    ["double precision", { x: new Float64Array(4) as unknown as Float32Array }, "INPUT_TYPE"],
  ])("%s", async (_, feeds, code) => {
    const program = await compiled(square());
    const message = await refusal(() => program.run(feeds as never));
    expect(message).toMatch(new RegExp(`code: ${code}$`));
    if (code !== "INPUT_UNKNOWN") expect(message).toContain("float32[2×2]");
  });

  test("numbers become elements of the input's type", async () => {
    const count = input("count", [2], "int64");
    const program = await compiled({ inputs: { count }, outputs: { twice: add(count, count) } });
    const { twice } = await program.run({ count: [3, -4] });
    expect(twice!.data).toEqual(BigInt64Array.of(6n, -8n));
  });

  test("an input that nothing needs may be given or not", async () => {
    const [x, unused] = [input("x", [2]), input("unused", [3])];
    const program = await compiled({ inputs: { x, unused }, outputs: { y: relu(x) } });
    expect(numbers((await program.run({ x: [-1, 2], unused: [1, 2, 3] })).y)).toEqual([0, 2]);
  });

  test("inputs and constants may be outputs as they are", async () => {
    const x = input("x", [2]);
    const fixed = constant(Tensor.ofNumbers("float32", [3], [1, 2, 3]));
    const y = identity(x);
    const program = await compiled({ inputs: { x }, outputs: { x, fixed, y, again: y } });
    const results = await program.run({ x: [5, 6] });
    expect([results.x, results.fixed, results.y, results.again].map(numbers)).toEqual([
      [5, 6],
      [1, 2, 3],
      [5, 6],
      [5, 6],
    ]);
  });

  test("a value in the middle may be an input: what made it is cut away", async () => {
    const x = input("x", [2]);
    const middle = tanh(x);
    const program = await compiled({ inputs: { middle }, outputs: { y: mul(middle, middle) } });
    expect(numbers((await program.run({ middle: [3, 4] })).y)).toEqual([9, 16]);
  });

  test("a program without an input that it needs is not compiled", async () => {
    const [x, z] = [input("x", [2]), input("z", [2])];
    const message = await refusal(() => compile({ inputs: { x }, outputs: { y: add(x, z) } }));
    expect(message).toMatch(/"z".*code: INPUT_MISSING$/);
  });
});

describe("dead code", () => {
  /** Four convolutions with a rectifier each, and a classifier on top, as read from a file. */
  function network() {
    const weight = (dims: readonly number[]) => {
      const size = dims.reduce((a, b) => a * b, 1);
      return constant(
        Tensor.of(
          "float32",
          dims,
          Float32Array.from({ length: size }, (_, i) => Math.sin(i) / 4),
        ),
      );
    };
    const x = input("x", [1, 4, 12, 12]);
    let y: Value = x;
    for (let i = 1; i <= 4; i++) {
      [y] = emit("Conv", [y, weight([4, 4, 3, 3])]) as [Value];
      y = Object.assign(relu(y), { name: `layer${i}` });
    }
    const flat = emit("Flatten", [y])[0]!;
    const logits = emit("Gemm", [flat, weight([flat.shape[1]!, 5])])[0]!;
    return readModel(writeModel({ inputs: { x }, outputs: { probabilities: softmax(logits, 1) } }).bytes);
  }

  /** How often each operator is applied in the file that ONNX Runtime gets. */
  function operatorsIn(signature: Signature): Record<string, number> {
    const counts: Record<string, number> = {};
    const { graph } = decodeModel(writeModel(signature).bytes);
    for (const { op } of graph!.nodes!) counts[op!] = (counts[op!] ?? 0) + 1;
    return counts;
  }

  test("a program for a layer in the middle holds nothing that lies above it", () => {
    const model = network();
    const layer = model.value("layer2");
    expect(operatorsIn({ inputs: { x: model.input() }, outputs: { layer } })).toEqual({ Conv: 2, Relu: 2 });
    const initializers = decodeModel(writeModel({ inputs: { x: model.input() }, outputs: { layer } }).bytes).graph!
      .initializers!;
    expect(initializers).toHaveLength(2);
  });

  test("its gradient holds one more convolution per layer, and none for weights", () => {
    const model = network();
    const x = model.input();
    const unit = slice(model.value("layer2"), [1], [2], [1]);
    const [slope] = gradient(unit, [x]);
    const counts = operatorsIn({ inputs: { x }, outputs: { slope: slope! } });
    // Forward and back through each of the two; what the rectifiers let pass is all else of any size.
    expect(counts.Conv).toBe(4);
    expect(counts.Gemm).toBeUndefined();
    expect(counts.Softmax).toBeUndefined();
  });

  test("a gradient by a layer needs nothing below it but the layer itself", () => {
    const model = network();
    const [x, middle] = [model.input(), model.value("layer3")];
    const objective = log(slice(model.output(), [2], [3], [1]));
    const [slope] = gradient(objective, [middle]);
    const fromInput = operatorsIn({ inputs: { x }, outputs: { slope: slope! } });
    const fromLayer = operatorsIn({ inputs: { middle }, outputs: { slope: slope! } });
    expect([fromInput.Conv, fromLayer.Conv]).toEqual([5, 2]);
  });

  test("weights that are asked for do get a gradient", () => {
    const x = input("x", [1, 4, 12, 12]);
    const w = input("w", [4, 4, 3, 3]);
    const y = relu(emit("Conv", [x, w])[0]!);
    const [byInput] = gradient(y, [x]);
    const [byWeight] = gradient(y, [w]);
    expect(operatorsIn({ inputs: { x, w }, outputs: { byInput: byInput! } }).Conv).toBe(2);
    // The way back to the weights is a product: of few channels, one for all places of the kernel.
    const back = operatorsIn({ inputs: { x, w }, outputs: { byWeight: byWeight! } });
    expect([back.Conv, back.Gemm]).toEqual([1, 1]);
  });

  test("the file is the same every time", () => {
    const bytes = () => {
      const model = network();
      const [slope] = gradient(model.output(), [model.input()]);
      return writeModel({ inputs: { x: model.input() }, outputs: { slope: slope! } }).bytes;
    };
    expect(bytes()).toEqual(bytes());
  });
});

describe("nodes that a provider cannot run", () => {
  const pool = () => {
    const x = input("x", [1, 2, 4, 4]);
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
    const [y, indices] = emit("MaxPool", [x], attributes, { outputs: 2 });
    return { inputs: { x }, outputs: { y: y!, indices: indices! } };
  };

  test("are left to the CPU by name", () => {
    const { executionProviders, nodeNames } = placeNodes(pool(), ["webgpu", "wasm"]);
    expect(executionProviders).toEqual([{ name: "webgpu", forceCpuNodeNames: ["on_cpu_0"] }, "wasm"]);
    const { graph } = decodeModel(writeModel(pool(), { nodeNames }).bytes);
    expect(graph!.nodes!.map(({ name }) => name)).toEqual([undefined]);
    const signature = pool();
    const placed = placeNodes(signature, [{ name: "webgpu", forceCpuNodeNames: ["mine"] }]);
    expect(placed.executionProviders[0]).toEqual({ name: "webgpu", forceCpuNodeNames: ["mine", "on_cpu_0"] });
    const file = decodeModel(writeModel(signature, { nodeNames: placed.nodeNames }).bytes);
    expect(file.graph!.nodes!.map(({ name }) => name)).toEqual(["on_cpu_0"]);
  });

  test("do not change the program for other providers", () => {
    expect(placeNodes(pool(), ["cuda", "cpu"])).toEqual({ executionProviders: ["cuda", "cpu"], nodeNames: new Map() });
  });
});
