/** @file Nodes as older opsets, other exporters and other element types have them, brought to the form defined here. */
import { describe, expect, test } from "vitest";
import type { AttributeValue } from "../graph/attribute.js";
import type { DType } from "../graph/dtype.js";
import { constant, emit, input } from "../graph/emit.js";
import { nd } from "../graph/nd.js";
import { findImport } from "../graph/op.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { compile } from "../runtime/compile.js";
import { evaluate } from "./evaluate.js";
import "./index.js";

interface Old {
  readonly opset?: number;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** A node as reading a file makes it. */
function imported(op: string, inputs: readonly (Value | null)[], { opset = 13, attributes = {} }: Old = {}): Value {
  const call = { label: op, opset, inputs, attributes, outputCount: 1 };
  return (findImport(op)?.(call) ?? emit(op, inputs, attributes))[0]!;
}

function fixed(
  numbers: readonly number[],
  dims: readonly number[] = [numbers.length],
  dtype: DType = "float32",
): Value {
  return constant(Tensor.ofNumbers(dtype, dims, numbers));
}

async function run(feeds: ReadonlyMap<Value, readonly number[]>, output: Value): Promise<number[]> {
  const inputs = Object.fromEntries([...feeds.keys()].map((x) => [x.name, x]));
  const program = await compile({ inputs, outputs: { output } }, { threads: 1 });
  const tensors = [...feeds].map(([x, numbers]) => [x.name, Tensor.ofNumbers(x.dtype, x.shape, numbers)]);
  const results = await program.run(Object.fromEntries(tensors));
  await program.dispose();
  return Array.from(results.output.toNumbers());
}

const numbers = (y: Value) => Array.from(y.constant!.toNumbers());

describe("Clip", () => {
  const x = fixed([-2, 0, 3]);

  test("has its bounds as attributes until opset 11", () => {
    expect(numbers(imported("Clip", [x], { opset: 6, attributes: { min: -1, max: 2 } }))).toEqual([-1, 0, 2]);
    expect(numbers(imported("Clip", [x], { opset: 6, attributes: { max: 2 } }))).toEqual([-2, 0, 2]);
    expect(numbers(imported("Clip", [x], { opset: 6 }))).toEqual([-2, 0, 3]);
  });

  test("takes bounds of shape [1], as some exporters write them", () => {
    expect(numbers(imported("Clip", [x, fixed([-1]), fixed([2])]))).toEqual([-1, 0, 2]);
  });
});

describe("Softmax until opset 13", () => {
  const x = input("x", [2, 3, 2]);
  const ones = new Map([[x, nd(x.shape, new Float64Array(12))]]);
  const shares = (attributes: NonNullable<Old["attributes"]>, opset: number) =>
    new Set(evaluate([imported("Softmax", [x], { opset, attributes })], ones)[0]!.data);

  test("takes all axes from the given one on together", () => {
    expect(shares({}, 11)).toEqual(new Set([1 / 6]));
    expect(shares({ axis: 0 }, 11)).toEqual(new Set([1 / 12]));
    expect(shares({ axis: 2 }, 11)).toEqual(new Set([1 / 2]));
    expect(shares({ axis: -2 }, 11)).toEqual(new Set([1 / 6]));
    expect(shares({ axis: 1 }, 13)).toEqual(new Set([1 / 3]));
  });

  test("stays one node where the axes after are of length 1", () => {
    const y = imported("Softmax", [input("x", [2, 5, 1, 1])], { opset: 7 });
    expect(y.node?.inputs[0]?.name).toBe("x");
    expect(y.node?.attributes.axis?.value).toBe(1);
  });

  test("LogSoftmax and Hardmax do too", () => {
    const flat = (op: string) => new Set(evaluate([imported(op, [x], { opset: 11 })], ones)[0]!.data);
    expect(flat("LogSoftmax")).toEqual(new Set([-Math.log(6)]));
    expect(flat("Hardmax")).toEqual(new Set([0, 1]));
  });
});

describe("PRelu", () => {
  test("takes one slope per channel, as files of shape [C] mean it", () => {
    const x = input("x", [1, 2, 1, 3]);
    const y = imported("PRelu", [x, fixed([2, 3])]);
    expect(y.node?.inputs[1]?.shape).toEqual([2, 1, 1]);
  });

  test("leaves slopes that broadcast as they are", () => {
    const slope = fixed([2, 3, 4]);
    expect(imported("PRelu", [input("x", [1, 3, 2, 3]), slope]).node?.inputs[1]).toBe(slope);
  });

  test("refuses slopes that fit nowhere", () => {
    expect(() => imported("PRelu", [input("x", [1, 2, 1, 3]), fixed([1, 2, 3, 4])])).toThrowError(/PRELU_SLOPE/);
  });
});

describe("Cast", () => {
  const x = input("x", [2]);

  test.each([1, 10, 11, 16])("to floating type %i is none: all are single here", (to) => {
    expect(imported("Cast", [x], { attributes: { to } })).toBe(x);
  });

  test("to text is refused", () => {
    expect(() => imported("Cast", [x], { attributes: { to: 8 } })).toThrowError(/string.*DTYPE_UNSUPPORTED/);
  });

  test("like an array of integers truncates", () => {
    expect(numbers(imported("CastLike", [fixed([-1.7, 1.7]), fixed([0], [1], "int32")]))).toEqual([-1, 1]);
  });
});

test("Identity of a weight is the weight", () => {
  const weight = fixed([1, 2]);
  expect(imported("Identity", [weight])).toBe(weight);
});

describe("element types that ONNX Runtime has no kernel for are computed in another", () => {
  const pair = (dtype: DType, second = dtype) => [input("a", [2], dtype), input("b", [2], second)] as const;

  test.each(["int16", "uint16"] as const)("Max, Min and Clip of %s", async (dtype) => {
    const [a, b] = pair(dtype);
    const feeds = new Map([
      [a, [1, 300]],
      [b, [2, 200]],
    ]);
    expect(await run(feeds, imported("Max", [a, b]))).toEqual([2, 300]);
    expect(await run(feeds, imported("Min", [a, b]))).toEqual([1, 200]);
    expect(await run(new Map([[a, [1, 300]]]), imported("Clip", [a, null, fixed([7], [], dtype)]))).toEqual([1, 7]);
  });

  test.each(["bool", "int8", "int16", "uint16", "uint32", "uint64"] as const)("Where of %s", async (dtype) => {
    const condition = input("condition", [2], "bool");
    const [a, b] = pair(dtype);
    const feeds = new Map([
      [condition, [1, 0]],
      [a, [1, 1]],
      [b, [0, 0]],
    ]);
    const y = imported("Where", [condition, a, b]);
    expect(y.dtype).toBe(dtype);
    expect(await run(feeds, y)).toEqual([1, 0]);
  });

  test.each(["int8", "int16", "uint8", "uint16", "uint32", "uint64"] as const)("Pow to %s", async (dtype) => {
    const [a, b] = pair("float32", dtype);
    const feeds = new Map([
      [a, [3, 2]],
      [b, [2, 3]],
    ]);
    expect(await run(feeds, imported("Pow", [a, b]))).toEqual([9, 8]);
  });

  test("BitShift of uint16, which loses what is shifted out", async () => {
    const [a, b] = pair("uint16");
    const feeds = new Map([
      [a, [0x8001, 3]],
      [b, [1, 2]],
    ]);
    expect(await run(feeds, imported("BitShift", [a, b], { attributes: { direction: "LEFT" } }))).toEqual([2, 12]);
  });
});
