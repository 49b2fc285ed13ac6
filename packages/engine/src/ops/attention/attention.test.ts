/** @file Attention operators of files: read as plain ones they compute what ONNX Runtime's kernels compute. */
import { describe, expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.js";
import type { Attribute, AttributeValue } from "../../graph/attribute.js";
import { constant, emitOpaque, input } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { findImport, type ImportCall } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { compile } from "../../runtime/compile.js";
import "../index.js";

const contrib = "com.microsoft";

function floats(dims: readonly number[], seed = 1): Tensor {
  const size = dims.reduce((a, b) => a * b, 1);
  return Tensor.ofNumbers(
    "float32",
    dims,
    Array.from({ length: size }, (_, i) => Math.sin(seed + 7.3 * i)),
  );
}

const ints = (dims: readonly number[], values: readonly number[], dtype: "int32" | "int64" | "bool" = "int32") =>
  Tensor.ofNumbers(dtype, dims, values);
const int = (value: number): Attribute => ({ kind: "int", value });
const float = (value: number): Attribute => ({ kind: "float", value });

interface Example {
  readonly note: string;
  readonly op: string;
  readonly domain?: string;
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Which outputs to compare. */
  readonly outputs?: readonly number[];
}

const fused = { op: "Attention", domain: contrib };
const multiHead = { op: "MultiHeadAttention", domain: contrib };
const rotary = { op: "RotaryEmbedding", domain: contrib };
const num_heads = int(2);
const projected = [floats([2, 3, 4]), floats([4, 12], 2), floats([12], 3)];

const examples: readonly Example[] = [
  { ...fused, note: "plain", inputs: projected, attributes: { num_heads } },
  {
    ...fused,
    note: "causal, own scale",
    inputs: projected,
    attributes: { num_heads, unidirectional: int(1), scale: float(0.3) },
  },
  { ...fused, note: "lengths", inputs: [...projected, ints([2], [2, 3])], attributes: { num_heads } },
  {
    ...fused,
    note: "ends and starts",
    inputs: [...projected, ints([4], [2, 3, 0, 1])],
    attributes: { num_heads },
  },
  {
    ...fused,
    note: "mask of keys, bias of scores",
    inputs: [...projected, ints([2, 3], [1, 1, 0, 0, 1, 1]), null, floats([1, 2, 3, 3], 5)],
    attributes: { num_heads },
  },
  {
    ...fused,
    note: "mask of pairs, mild",
    inputs: [...projected, ints([2, 3, 3], [1, 0, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0, 0, 1])],
    attributes: { num_heads, mask_filter_value: float(-2) },
  },
  {
    ...fused,
    note: "with past",
    inputs: [...projected, null, floats([2, 2, 2, 5, 2], 4)],
    attributes: { num_heads, unidirectional: int(1) },
    outputs: [0, 1],
  },
  {
    ...fused,
    note: "unequal sizes",
    inputs: [floats([2, 3, 4]), floats([4, 14], 2), floats([14], 3)],
    attributes: { num_heads, qkv_hidden_sizes: { kind: "ints", value: [4, 4, 6] } },
  },
  {
    ...multiHead,
    note: "apart, bias",
    inputs: [floats([2, 3, 4]), floats([2, 5, 4], 2), floats([2, 5, 6], 3), floats([14], 4)],
    attributes: { num_heads },
  },
  {
    ...multiHead,
    note: "mask of keys, bias of scores",
    inputs: [
      floats([2, 3, 4]),
      floats([2, 5, 4], 2),
      floats([2, 5, 4], 3),
      null,
      ints([2, 5], [1, 1, 1, 0, 0, 0, 1, 1, 1, 1]),
      floats([2, 2, 3, 5], 4),
    ],
    attributes: { num_heads, scale: float(0.4) },
  },
  {
    ...multiHead,
    note: "past",
    inputs: [
      floats([2, 3, 4]),
      floats([2, 3, 4], 2),
      floats([2, 3, 4], 3),
      null,
      null,
      null,
      floats([2, 2, 2, 2], 4),
      floats([2, 2, 2, 2], 5),
    ],
    attributes: { num_heads, unidirectional: int(1) },
    outputs: [0, 1, 2],
  },
  {
    ...multiHead,
    note: "keys with their heads apart",
    inputs: [floats([2, 3, 4]), floats([2, 2, 5, 2], 2), floats([2, 2, 5, 2], 3)],
    attributes: { num_heads },
  },
  {
    ...rotary,
    note: "from a first place",
    inputs: [floats([2, 3, 8]), ints([1], [2], "int64"), floats([6, 2], 2), floats([6, 2], 3)],
  },
  {
    ...rotary,
    note: "interleaved, places given",
    inputs: [floats([2, 2, 3, 4]), ints([2, 3], [0, 2, 5, 1, 1, 4], "int64"), floats([6, 2], 2), floats([6, 2], 3)],
    attributes: { interleaved: int(1) },
  },
  {
    ...rotary,
    note: "part of each head",
    inputs: [floats([2, 3, 12]), ints([2, 3], [0, 2, 5, 1, 1, 4], "int64"), floats([6, 2], 2), floats([6, 2], 3)],
    attributes: { num_heads, rotary_embedding_dim: int(4) },
  },
];

async function run(outputs: readonly Value[], x: Value, fed: Tensor): Promise<Tensor[]> {
  const named = Object.fromEntries(outputs.map((y, i) => [`y${i}`, y]));
  const program = await compile({ inputs: { x }, outputs: named });
  const results = await program.run({ x: fed });
  await program.dispose();
  return outputs.map((_, i) => results[`y${i}`]);
}

function callOf({ op, attributes = {}, outputs = [0] }: Example, inputs: readonly (Value | null)[]): ImportCall {
  const raw: Record<string, AttributeValue> = {};
  for (const [name, { value }] of Object.entries(attributes)) raw[name] = value;
  return { label: op, opset: 23, inputs, attributes: raw, outputCount: Math.max(...outputs) + 1 };
}

describe.each(examples.map((example) => [`${example.op} (${example.note})`, example] as const))("%s", (_, example) => {
  test("computes what ONNX Runtime's own kernel does", async () => {
    const { op, domain = "", attributes = {}, outputs = [0] } = example;
    const fed = example.inputs[0]!;
    const x = input("x", fed.dims);
    const inputs = example.inputs.map((tensor, i) => (i === 0 ? x : tensor && constant(tensor)));
    const call = callOf(example, inputs);
    const ours = findImport(op, domain)!(call)!;
    const failure = new NoemaError("SHAPE_UNKNOWN", { found: "not inferred here" });
    const theirs = emitOpaque(op, inputs, attributes, { domain, outputs: call.outputCount, failure });
    const found = await run(
      outputs.map((i) => ours[i]!),
      x,
      fed,
    );
    const expected = await run(
      outputs.map((i) => theirs[i]),
      x,
      fed,
    );
    expected.forEach((tensor, i) => {
      expect([...found[i].dims]).toEqual([...tensor.dims]);
      const numbers = found[i].toNumbers();
      tensor.toNumbers().forEach((v, k) => {
        expect(numbers[k]).toBeCloseTo(v, 5);
      });
    });
  });
});

describe("Attention", () => {
  test("has a gradient without NaN where a query may see no key", async () => {
    const x = input("x", [1, 1, 2, 3]);
    const mask = input("mask", [2, 2], "bool");
    const inputs = [x, x, x, mask];
    const [y] = findImport("Attention")!({ label: "Attention", opset: 23, inputs, attributes: {}, outputCount: 1 })!;
    const [g] = gradient(y!, [x]);
    const program = await compile({ inputs: { x, mask }, outputs: { y: y!, g } });
    const results = await program.run({ x: floats([1, 1, 2, 3]), mask: ints([2, 2], [0, 0, 1, 1], "bool") });
    await program.dispose();
    expect([...results.y.toNumbers().subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(results.g.toNumbers().every(Number.isFinite)).toBe(true);
  });

  test("refuses heads that do not divide", () => {
    const inputs = [input("q", [1, 3, 6]), input("k", [1, 3, 4]), input("v", [1, 3, 4])];
    const attributes = { q_num_heads: 3, kv_num_heads: 2 };
    expect(() => findImport("Attention")!({ label: "A", opset: 23, inputs, attributes, outputCount: 1 })).toThrowError(
      /ATTENTION_HEADS/,
    );
  });
});
