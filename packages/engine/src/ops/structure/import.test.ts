/** @file What model files say with nodes and the graph says without: constants, shapes, dropout. */
import { describe, expect, test } from "vitest";
import type { AttributeValue } from "../../graph/attribute.js";
import { emit, input, scalar } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { findImport } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { Value } from "../../graph/value.js";
import "../index.js";

function read(
  op: string,
  opset: number,
  inputs: readonly (Value | null)[],
  attributes: Record<string, AttributeValue> = {},
  outputCount = 1,
) {
  return findImport(op)!({ label: `${op} "tested"`, opset, inputs, attributes, outputCount });
}

const numbersOf = (v: Value | null | undefined) => [...v!.constant!.toNumbers()];
const shapeless = (dtype: "float32" | "int64" = "float32") =>
  new Value({ dtype, shape: null, name: "open", failure: new NoemaError("SHAPE_UNKNOWN", { found: "open" }) });

describe("Constant", () => {
  test.each([
    ["value", Tensor.ofNumbers("int32", [2], [1, 2]), "int32", [2], [1, 2]],
    ["value_float", 1.5, "float32", [], [1.5]],
    ["value_floats", [1, 2.5], "float32", [2], [1, 2.5]],
    ["value_int", 7, "int64", [], [7]],
    ["value_ints", [-1, 3], "int64", [2], [-1, 3]],
  ] as const)("%s", (name, value, dtype, dims, numbers) => {
    const [v] = read("Constant", 13, [], { [name]: value })!;
    expect([v!.dtype, v!.shape, numbersOf(v)]).toEqual([dtype, dims, numbers]);
  });

  test("refuses text, and nothing at all", () => {
    expect(() => read("Constant", 13, [], { value_string: "a" })).toThrowError(/"value_string".*CONSTANT_KIND/);
    expect(() => read("Constant", 13, [])).toThrowError(/it has no value.*CONSTANT_KIND/);
  });
});

describe("known shapes are constants", () => {
  const x = input("x", [2, 3, 4]);

  test("Shape and Size", () => {
    expect(numbersOf(read("Shape", 13, [x])![0])).toEqual([2, 3, 4]);
    expect(numbersOf(read("Shape", 15, [x], { start: -2, end: 2 })![0])).toEqual([3]);
    expect(numbersOf(read("Size", 13, [x])![0])).toEqual([24]);
  });

  test("shapes that are not known are computed, as integers", () => {
    expect(read("Shape", 15, [shapeless()])).toBeUndefined();
    expect(emit("Shape", [shapeless()])[0].dtype).toBe("int64");
    expect(emit("ConstantOfShape", [input("n", [2], "int64")])[0].dtype).toBe("float32");
  });
});

describe("Dropout", () => {
  const x = input("x", [2, 2]);
  const on = scalar(1, "bool");

  test("is its input, and a mask of ones", () => {
    const [y, mask] = read("Dropout", 13, [x, scalar(0.5)], {}, 2)!;
    expect(y).toBe(x);
    expect([mask!.dtype, numbersOf(mask)]).toEqual(["bool", [1, 1, 1, 1]]);
    expect(read("Dropout", 7, [x], { ratio: 0.5 }, 2)![1]!.dtype).toBe("float32");
  });

  test("is refused in training, unless it drops nothing", () => {
    expect(() => read("Dropout", 13, [x, scalar(0.5), on])).toThrowError(/DROPOUT_TRAINING/);
    expect(() => read("Dropout", 13, [x, null, input("training", [], "bool")])).toThrowError(/DROPOUT_TRAINING/);
    expect(read("Dropout", 13, [x, scalar(0), on])![0]).toBe(x);
  });
});

test("EyeLike in double precision is single here", () => {
  const [y] = read("EyeLike", 9, [input("x", [2, 3])], { dtype: 11, k: 1 })!;
  expect(y!.dtype).toBe("float32");
  expect(() => read("EyeLike", 9, [input("x", [2, 3])], { dtype: 8 })).toThrowError(/string.*DTYPE_UNSUPPORTED/);
});
