/** @file What is written is what is read: messages, tensors of every element type and storage, whole graphs. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../ops/index.js";
import { add, concat, mul, reduceSum, relu, reshape, tanh, transpose } from "./builder.js";
import { decodeModel, decodeTensor } from "./decode.js";
import { type DType, dtypes } from "./dtype.js";
import { constant, input } from "./emit.js";
import { encodeModel, encodeTensor } from "./encode.testing.js";
import { type Field, type MessageName, type ModelProto, schema, type TensorProto } from "./onnx-schema.js";
import { readModel } from "./read-model.js";
import { halfToFloat, readTensor } from "./read-tensor.js";
import { Tensor } from "./tensor.js";
import { ancestors } from "./topology.js";
import type { Value } from "./value.js";
import { writeModel } from "./write-model.js";

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const text = fc.string({ unit: "grapheme", maxLength: 8 });
const blob = fc.uint8Array({ maxLength: 8 });
const floats = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 4 });

/** Runs of packed numbers, each number a run of its own: as a file has them that does not pack. */
const runs = (width: 4 | 8) =>
  floats.map((values) =>
    values.map((v) => new Uint8Array((width === 4 ? Float32Array.of(v) : Float64Array.of(v)).buffer)),
  );

function fieldOf(field: Field, depth: number): fc.Arbitrary<unknown> {
  const some = <T>(part: fc.Arbitrary<T>) => fc.array(part, { minLength: 1, maxLength: 3 });
  const byKind: Record<Field["kind"], () => fc.Arbitrary<unknown>> = {
    int: () => int64,
    ints: () => some(int64),
    uints: () => some(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
    float: () => fc.float({ noNaN: true }),
    floats: () => runs(4),
    doubles: () => runs(8),
    string: () => text,
    strings: () => some(text),
    bytes: () => blob,
    blobs: () => some(blob),
    message: () => messageOf(field.message!, depth - 1),
    messages: () => some(messageOf(field.message!, depth - 1)),
  };
  return byKind[field.kind]();
}

/** Any message of onnx.proto, down to a depth. */
function messageOf(name: MessageName, depth: number): fc.Arbitrary<Record<string, unknown>> {
  const fields = Object.values(schema[name]).filter((f) => depth > 0 || f.message === undefined);
  return fc.record(Object.fromEntries(fields.map((f) => [f.name, fieldOf(f, depth)])), { requiredKeys: [] });
}

/** Runs of numbers joined, so that packed and unpacked compare equal. */
function joinedRuns(value: unknown): unknown {
  if (Array.isArray(value)) {
    const runsOnly = value.length > 0 && value.every((part) => part instanceof Uint8Array && part.length % 4 === 0);
    return runsOnly ? [value.flatMap((part: Uint8Array) => [...part])] : value.map(joinedRuns);
  }
  if (value instanceof Uint8Array) return [...value];
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, joinedRuns(part)]));
}

describe("messages", () => {
  test.each([false, true])("what is encoded (packed: %s) is decoded", (packed) => {
    fc.assert(
      fc.property(messageOf("Model", 6), (model) => {
        const decoded = decodeModel(encodeModel(model as ModelProto, { packed }));
        expect(joinedRuns(decoded)).toEqual(joinedRuns(model));
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  test("fields of other versions are skipped", () => {
    const known = encodeModel({ producerName: "someone" });
    // Field 99: a varint, eight bytes, a string, four bytes.
    const unknown = [
      0x98, 0x06, 0x96, 0x01, 0x99, 0x06, 0, 0, 0, 0, 0, 0, 0, 0, 0x9a, 0x06, 2, 65, 66, 0x9d, 0x06, 0, 0, 0, 0,
    ];
    expect(decodeModel(Uint8Array.of(...unknown, ...known))).toEqual({ producerName: "someone" });
  });
});

interface Storage {
  readonly code: number;
  readonly dtype: DType;
  readonly numbers: readonly number[];
  readonly raw: Uint8Array;
  readonly typed: Partial<TensorProto>;
}

const bytesOf = (array: { readonly buffer: ArrayBufferLike }) => new Uint8Array(array.buffer);
const bigints = (numbers: readonly number[]) => numbers.map(BigInt);

function stored(dtype: Exclude<DType, "float32">, numbers: readonly number[]): Storage {
  const { data } = Tensor.ofNumbers(dtype, [numbers.length], numbers);
  const field = dtype === "int64" ? "int64s" : dtype === "uint32" || dtype === "uint64" ? "uint64s" : "int32s";
  return { code: dtypes[dtype].onnx, dtype, numbers, raw: bytesOf(data), typed: { [field]: bigints(numbers) } };
}

/** The same numbers in every element type of onnx.proto that is read, raw and in the typed fields. */
const storages: Record<string, Storage> = {
  float32: {
    code: 1,
    dtype: "float32",
    numbers: [1.5, -0.25, 3],
    raw: bytesOf(Float32Array.of(1.5, -0.25, 3)),
    typed: { floats: [bytesOf(Float32Array.of(1.5)), bytesOf(Float32Array.of(-0.25, 3))] },
  },
  double: {
    code: 11,
    dtype: "float32",
    numbers: [1.5, -0.25, 3],
    raw: bytesOf(Float64Array.of(1.5, -0.25, 3)),
    typed: { doubles: [bytesOf(Float64Array.of(1.5, -0.25, 3))] },
  },
  float16: {
    code: 10,
    dtype: "float32",
    numbers: [1.5, -0.25, 65504],
    raw: bytesOf(Uint16Array.of(0x3e00, 0xb400, 0x7bff)),
    typed: { int32s: [0x3e00n, 0xb400n, 0x7bffn] },
  },
  bfloat16: {
    code: 16,
    dtype: "float32",
    numbers: [1.5, -0.25, 3],
    raw: bytesOf(Uint16Array.of(0x3fc0, 0xbe80, 0x4040)),
    typed: { int32s: [0x3fc0n, 0xbe80n, 0x4040n] },
  },
  uint8: stored("uint8", [0, 7, 255]),
  int8: stored("int8", [-128, 7, 127]),
  uint16: stored("uint16", [0, 7, 65535]),
  int16: stored("int16", [-32768, 7, 32767]),
  int32: stored("int32", [-(2 ** 31), 7, 2 ** 31 - 1]),
  int64: stored("int64", [-(2 ** 53), 7, 2 ** 53]),
  bool: stored("bool", [1, 0, 1]),
  uint32: stored("uint32", [0, 7, 2 ** 32 - 1]),
  uint64: stored("uint64", [0, 7, 2 ** 53]),
  float8e4m3fn: {
    code: 17,
    dtype: "float32",
    numbers: [1.5, -0.25, 448],
    raw: Uint8Array.of(0x3c, 0xa8, 0x7e),
    typed: { int32s: [0x3cn, 0xa8n, 0x7en] },
  },
  uint4: { code: 21, dtype: "uint8", numbers: [15, 0, 7], raw: Uint8Array.of(0x0f, 7), typed: { int32s: [0x0fn, 7n] } },
  int4: { code: 22, dtype: "int8", numbers: [-1, 0, -8], raw: Uint8Array.of(0x0f, 8), typed: { int32s: [0x0fn, 8n] } },
  int2: { code: 26, dtype: "int8", numbers: [-1, 1, -2], raw: Uint8Array.of(0b100111), typed: { int32s: [0b100111n] } },
};

describe.each(Object.entries(storages))("tensors of %s", (_, { code, dtype, numbers, raw, typed }) => {
  const head = { dims: [BigInt(numbers.length)], dataType: BigInt(code) };
  const external = [
    { key: "location", value: "weights.bin" },
    { key: "offset", value: "4096" },
    { key: "length", value: String(raw.length) },
  ];
  const asked: unknown[][] = [];
  const bring = (...question: unknown[]) => {
    asked.push(question);
    return raw;
  };
  const kinds: Record<string, TensorProto> = {
    raw: { ...head, raw },
    typed: { ...head, ...typed },
    external: { ...head, location: 1n, external },
  };

  test.each(Object.keys(kinds))("stored as %s data", (kind) => {
    for (const packed of [false, true]) {
      const tensor = readTensor(decodeTensor(encodeTensor(kinds[kind]!, { packed })), "here", bring);
      expect(tensor.dtype).toBe(dtype);
      expect([...tensor.toNumbers()]).toEqual(numbers);
    }
  });

  test("external data is asked for by place", () => {
    expect(asked[0]).toEqual(["weights.bin", 4096, raw.length]);
  });

  test.each(Object.keys(kinds))("one element too few as %s data is refused", (kind) => {
    const larger = { ...kinds[kind]!, dims: [BigInt(numbers.length + 8)] };
    expect(() => readTensor(larger, "here", () => raw)).toThrowError(/code: (TENSOR_SIZE|EXTERNAL_DATA)$/);
  });
});

test("data at an odd place of the file is read all the same", () => {
  const file = new Uint8Array(1 + 12);
  file.set(bytesOf(Float32Array.of(1, 2, 3)), 1);
  const tensor = readTensor({ dims: [3n], dataType: 1n, raw: file.subarray(1) }, "here", undefined);
  expect([...tensor.toNumbers()]).toEqual([1, 2, 3]);
});

test("every half-precision number is widened exactly", () => {
  const view = new DataView(new ArrayBuffer(4));
  for (let bits = 0; bits < 65_536; bits++) {
    const [sign, exponent, fraction] = [bits >> 15, (bits >> 10) & 31, bits & 1023];
    // The same number in the layout of float32 (IEEE 754); halves below the normal range by division.
    view.setUint32(0, ((sign << 31) | ((exponent === 31 ? 255 : exponent + 112) << 23) | (fraction << 13)) >>> 0);
    const expected = exponent === 0 ? ((sign ? -1 : 1) * fraction) / 2 ** 24 : view.getFloat32(0);
    if (!Object.is(halfToFloat(bits), expected)) expect.fail(`${bits}: ${halfToFloat(bits)}, not ${expected}`);
  }
});

/** A graph of arrays of shape 2×3, grown by random steps from an input and a constant. */
const graphs = fc
  .array(fc.tuple(fc.nat(6), fc.nat(), fc.nat()), { minLength: 1, maxLength: 25 })
  .map((steps): { x: Value; y: Value } => {
    const x = input("x", [2, 3]);
    const values: Value[] = [x, constant(Tensor.ofNumbers("float32", [2, 3], [1, -2, 3, 0.5, 0.25, -1]))];
    for (const [kind, i, j] of steps) {
      const [a, b] = [values[i % values.length]!, values[j % values.length]!];
      const made = [
        () => add(a, b),
        () => mul(a, b),
        () => relu(a),
        () => tanh(a),
        () => transpose(reshape(concat([a, b], 0), [3, 4]), [1, 0]),
        () => add(reduceSum(a, [1]), b),
        () => reshape(transpose(a, [1, 0]), [2, 3]),
      ][kind]!();
      values.push(kind === 4 ? add(reduceSum(made, [0]), a) : made);
    }
    return { x, y: add(values.at(-1)!, x) };
  });

test("a graph that is written is read with the same structure", () => {
  fc.assert(
    fc.property(graphs, ({ x, y }) => {
      const { bytes } = writeModel({ inputs: { x }, outputs: { y } });
      const model = readModel(bytes);
      const [before, after] = [ancestors([y]), ancestors([model.output()])];
      expect(after.map((node) => node.op)).toEqual(before.map((node) => node.op));
      expect(after.map((node) => node.outputs[0]!.shape)).toEqual(before.map((node) => node.outputs[0]!.shape));
      expect(after.map((node) => node.attributes)).toEqual(before.map((node) => node.attributes));
      const again = writeModel({ inputs: { x: model.input() }, outputs: { y: model.output() } });
      expect(again.bytes).toEqual(bytes);
    }),
    { numRuns: 200, seed: 1 },
  );
});
