import { describe, expect, test } from "vitest";
import { NoemaError } from "../graph/error.js";
import type { Tensor } from "../graph/tensor.js";
import { readWeights } from "./weights.js";

const manifest = (...weights: object[]) => [{ paths: ["a.bin"], weights }];
const numbers = (weight: Tensor | NoemaError | undefined) => Array.from((weight as Tensor).toNumbers());

describe("readWeights", () => {
  test("plain types, one after another", () => {
    const bytes = new Uint8Array([...new Uint8Array(Float32Array.of(1.5, -2).buffer), 1, 0, 7, 0, 0, 0]);
    const weights = readWeights(
      manifest(
        { name: "f", shape: [2], dtype: "float32" },
        { name: "b", shape: [2, 1], dtype: "bool" },
        { name: "i", shape: [], dtype: "int32" },
      ),
      bytes,
    );
    expect(numbers(weights.get("f"))).toEqual([1.5, -2]);
    expect(numbers(weights.get("b"))).toEqual([1, 0]);
    expect((weights.get("i") as Tensor).dims).toEqual([]);
    expect(numbers(weights.get("i"))).toEqual([7]);
  });

  test("quantized to 8 and 16 bits", () => {
    const quantization = { scale: 0.5, min: -1 };
    const bytes = new Uint8Array([0, 2, 255, 0, 1, 3, 0]);
    const weights = readWeights(
      manifest(
        { name: "q8", shape: [3], dtype: "float32", quantization: { dtype: "uint8", ...quantization } },
        { name: "q16", shape: [2], dtype: "int32", quantization: { dtype: "uint16", ...quantization } },
      ),
      bytes,
    );
    expect(numbers(weights.get("q8"))).toEqual([-1, 0, 126.5]);
    expect(numbers(weights.get("q16"))).toEqual([127, 1]);
    expect((weights.get("q16") as Tensor).dtype).toBe("int32");
  });

  test("half precision: normal, subnormal, zero, infinite", () => {
    const halves = Uint16Array.of(0x3c00, 0xc000, 0x3555, 0x0001, 0x83ff, 0x8000, 0x7bff, 0x7c00, 0xfc00, 0x7e00);
    const weights = readWeights(
      manifest({ name: "h", shape: [10], dtype: "float32", quantization: { dtype: "float16" } }),
      new Uint8Array(halves.buffer),
    );
    const found = numbers(weights.get("h"));
    expect(found[2]).toBeCloseTo(1 / 3, 3);
    expect(found.filter((_, i) => i !== 2)).toEqual([
      1,
      -2,
      2 ** -24,
      -(1023 / 1024) * 2 ** -14,
      -0,
      65504,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]);
  });

  test("a weight may lie across shards", () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3).buffer);
    const entry = { name: "w", shape: [3], dtype: "float32" };
    for (const cuts of [
      [5, 12],
      [4, 8, 12],
      [0, 0, 11, 12],
    ]) {
      const shards = cuts.map((end, i) => bytes.subarray(cuts[i - 1] ?? 0, end));
      expect(numbers(readWeights(manifest(entry), shards).get("w"))).toEqual([1, 2, 3]);
    }
  });

  test("what cannot be read is refused where it is used, texts are stepped over", () => {
    const bytes = new Uint8Array([2, 0, 0, 0, 65, 66, 0, 0, 0, 0, 9, 0, 0, 0]);
    const weights = readWeights(
      manifest({ name: "s", shape: [2], dtype: "string" }, { name: "i", shape: [1], dtype: "int32" }),
      bytes,
    );
    expect(weights.get("s")).toBeInstanceOf(NoemaError);
    expect(numbers(weights.get("i"))).toEqual([9]);
  });

  test.each<[string, unknown, number, string]>([
    ["cut short", manifest({ name: "w", shape: [3], dtype: "float32" }), 11, "WEIGHTS_TRUNCATED"],
    ["a text cut short", manifest({ name: "w", shape: [1], dtype: "string" }), 3, "WEIGHTS_TRUNCATED"],
    ["negative", manifest({ name: "w", shape: [-1], dtype: "float32" }), 8, "MODEL_CORRUPT"],
    ["too large", manifest({ name: "w", shape: [65536, 65536], dtype: "uint8" }), 8, "MODEL_CORRUPT"],
    ["many texts of nothing", manifest({ name: "w", shape: [1e9], dtype: "string" }), 8, "WEIGHTS_TRUNCATED"],
    ["of no type", manifest({ name: "w", shape: [1], dtype: "float128" }), 64, "DTYPE_UNSUPPORTED"],
    ["without name", manifest({ shape: [1], dtype: "float32" }), 8, "MODEL_CORRUPT"],
    [
      "twice",
      manifest({ name: "w", shape: [], dtype: "bool" }, { name: "w", shape: [], dtype: "bool" }),
      8,
      "MODEL_CORRUPT",
    ],
    [
      "quantized without scale",
      manifest({ name: "w", shape: [1], dtype: "float32", quantization: { dtype: "uint8" } }),
      8,
      "MODEL_CORRUPT",
    ],
    ["no list", { weights: [] }, 8, "MODEL_CORRUPT"],
  ])("%s", (_, given, size, code) => {
    expect(() => readWeights(given, new Uint8Array(size))).toThrow(expect.objectContaining({ code }));
  });
});
