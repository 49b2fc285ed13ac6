/** @file Operators that are read as others compute what ONNX Runtime's own kernels for them compute. */
import { describe, expect, test } from "vitest";
import type { Attribute, AttributeValue } from "../graph/attribute.js";
import { constant, emitOpaque, input } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import { findImport } from "../graph/op.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { compile } from "../runtime/compile.js";
import "./index.js";

interface Rewritten {
  readonly op: string;
  readonly domain?: string;
  readonly opset?: number;
  readonly inputs: readonly (Tensor | null)[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  /** Which outputs to compare. */
  readonly outputs?: readonly number[];
  readonly note?: string;
}

const floats = (dims: readonly number[], seed = 1) =>
  Tensor.ofNumbers(
    "float32",
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(seed + 7 * i)),
  );
const ints = (dims: readonly number[], values: readonly number[], dtype: "int32" | "int64" = "int32") =>
  Tensor.ofNumbers(dtype, dims, values);
const int = (value: number): Attribute => ({ kind: "int", value });
const float = (value: number): Attribute => ({ kind: "float", value });
const contrib = "com.microsoft";
const epsilon = float(1e-3);

const list: readonly Rewritten[] = [
  { op: "FusedMatMul", domain: contrib, inputs: [floats([2, 3, 4]), floats([2, 4, 5])] },
  {
    op: "FusedMatMul",
    domain: contrib,
    inputs: [floats([2, 4, 3]), floats([2, 5, 4])],
    attributes: { alpha: float(0.5), transA: int(1), transB: int(1) },
    note: "transposed, with a factor",
  },
  {
    op: "FusedMatMul",
    domain: contrib,
    inputs: [floats([3, 2, 4]), floats([5, 2, 4])],
    attributes: { transBatchA: int(1), transBatchB: int(1), transB: int(1) },
    note: "batches behind",
  },
  {
    op: "FusedGemm",
    domain: contrib,
    inputs: [floats([2, 3]), floats([4, 3]), floats([4])],
    attributes: { transB: int(1), activation: { kind: "string", value: "LeakyRelu" }, activation_alpha: float(0.2) },
  },
  {
    op: "FusedConv",
    domain: contrib,
    inputs: [floats([1, 2, 5, 5]), floats([3, 2, 3, 3]), floats([3]), floats([1, 3, 3, 3], 2)],
    attributes: { activation: { kind: "string", value: "Relu" } },
    note: "summand",
  },
  {
    op: "FusedConv",
    domain: contrib,
    inputs: [floats([1, 2, 5, 5]), floats([3, 2, 3, 3]), floats([3])],
    attributes: {
      activation: { kind: "string", value: "HardSigmoid" },
      activation_params: { kind: "floats", value: [0.1, 0.4] },
    },
    note: "hard sigmoid",
  },
  {
    op: "SkipLayerNormalization",
    domain: contrib,
    inputs: [floats([2, 3, 4]), floats([2, 3, 4], 2), floats([4], 3), floats([4], 4), floats([4], 5)],
    attributes: { epsilon },
    outputs: [0, 3],
  },
  {
    op: "SkipLayerNormalization",
    domain: contrib,
    inputs: [floats([2, 3, 4]), floats([2, 3, 4], 2), floats([4], 3)],
    note: "bare",
  },
  {
    op: "SkipSimplifiedLayerNormalization",
    domain: contrib,
    inputs: [floats([2, 3, 4]), floats([2, 3, 4], 2), floats([4], 3), floats([4], 5)],
    attributes: { epsilon },
    outputs: [0, 3],
  },
  {
    op: "SimplifiedLayerNormalization",
    inputs: [floats([2, 3, 4]), floats([4], 3)],
    attributes: { epsilon, axis: int(-1) },
  },
  {
    op: "EmbedLayerNormalization",
    domain: contrib,
    inputs: [
      ints([2, 3], [0, 3, 1, 2, 2, 4]),
      ints([2, 3], [0, 0, 1, 0, 1, 1]),
      floats([5, 4]),
      floats([6, 4], 2),
      floats([2, 4], 3),
      floats([4], 4),
      floats([4], 5),
      ints([2, 3], [1, 1, 0, 1, 1, 1]),
    ],
    attributes: { epsilon },
    outputs: [0, 1],
  },
  {
    op: "EmbedLayerNormalization",
    domain: contrib,
    inputs: [
      ints([2, 3], [0, 3, 1, 2, 2, 4]),
      null,
      floats([5, 4]),
      floats([6, 4], 2),
      null,
      floats([4], 4),
      floats([4], 5),
      null,
      ints([2, 3], [0, 1, 2, 2, 1, 0]),
    ],
    attributes: { epsilon },
    outputs: [0, 1],
    note: "given positions, no segments",
  },
  {
    op: "GroupNormalization",
    opset: 18,
    inputs: [floats([2, 4, 3]), floats([2], 2), floats([2], 3)],
    attributes: { num_groups: int(2), epsilon },
    note: "opset 18: scale per group",
  },
  {
    op: "ScatterND",
    inputs: [floats([3, 2]), ints([2, 1], [2, 0], "int64"), floats([2, 2], 2)],
    attributes: { reduction: { kind: "string", value: "add" } },
  },
  {
    op: "ScatterND",
    inputs: [floats([3, 2]), ints([2, 2], [2, 0, -1, 1], "int64"), floats([2], 2)],
    attributes: { reduction: { kind: "string", value: "max" } },
    note: "maximum",
  },
  {
    op: "Einsum",
    inputs: [floats([2, 3, 2, 2]), floats([2, 3, 2, 2], 2)],
    attributes: { equation: { kind: "string", value: "...ij,...jk->...ik" } },
  },
];

async function run(values: readonly Value[], inputs: readonly Value[], tensors: readonly Tensor[]): Promise<Tensor[]> {
  const program = await compile({
    inputs: Object.fromEntries(inputs.map((v) => [v.name, v])),
    outputs: Object.fromEntries(values.map((y, i) => [`y${i}`, y])),
  });
  const results = await program.run(Object.fromEntries(inputs.map((v, i) => [v.name, tensors[i]])));
  await program.dispose();
  return values.map((_, i) => results[`y${i}`]);
}

describe.each(list.map((entry) => [entry.note ? `${entry.op} (${entry.note})` : entry.op, entry] as const))(
  "%s",
  (_, { op, domain = "", opset = 21, inputs: given, attributes = {}, outputs = [0] }) => {
    test("computes the same", async () => {
      // The first input is fed, the others are known, as they are in models.
      const x = input("x", given[0]!.dims, given[0]!.dtype);
      const inputs = given.map((tensor, i) => (i === 0 ? x : tensor && constant(tensor)));
      const raw: Record<string, AttributeValue> = {};
      for (const [name, { value }] of Object.entries(attributes)) raw[name] = value;
      const outputCount = Math.max(...outputs) + 1;
      const rewritten = findImport(op, domain)!({ label: op, opset, inputs, attributes: raw, outputCount })!;
      const failure = new NoemaError("SHAPE_UNKNOWN", { found: "not inferred here" });
      const native = emitOpaque(op, inputs, attributes, { domain, outputs: outputCount, failure });
      const ours = await run(
        outputs.map((i) => rewritten[i]!),
        [x],
        [given[0]!],
      );
      const theirs = await run(
        outputs.map((i) => native[i]),
        [x],
        [given[0]!],
      );
      theirs.forEach((expected, i) => {
        expect(ours[i].dtype).toBe(expected.dtype);
        expect([...ours[i].dims]).toEqual([...expected.dims]);
        const found = ours[i].toNumbers();
        expected.toNumbers().forEach((v, k) => {
          expect(found[k]).toBeCloseTo(v, 5);
        });
      });
    });
  },
);
