/** @file gradient: sums over ways, intermediate values, targets that cannot be reached. */
import { describe, expect, test } from "vitest";
import { add, mul, reduceSum, relu, sin } from "../graph/builder.js";
import { constant, emit, input, scalar } from "../graph/emit.js";
import { nd } from "../graph/nd.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { evaluate } from "../ops/evaluate.js";
import "../ops/index.js";
import { gradient } from "./gradient.js";

const at = (x: Value, values: readonly number[], outputs: readonly Value[]) =>
  evaluate(outputs, new Map([[x, nd(x.shape, values)]])).map((a) => [...a.data]);

describe("gradient", () => {
  test("adds up all ways from the output to the input", () => {
    const x = input("x", [2]);
    const y = add(mul(x, x), mul(x, 3));
    expect(at(x, [1, 2], gradient(y, [x]))).toEqual([[5, 7]]);
  });

  test("is of any value of the graph, each with everything that follows from it", () => {
    const x = input("x", [2]);
    const middle = mul(x, x);
    const y = mul(middle, x);
    expect(at(x, [2, 3], gradient(y, [x, middle]))).toEqual([
      [12, 27],
      [2, 3],
    ]);
  });

  test("takes inputs as independent of each other where asked", () => {
    const x = input("x", [1]);
    const middle = mul(x, x);
    expect(at(x, [2], gradient(mul(middle, x), [x, middle], { independent: true }))).toEqual([[4], [2]]);
  });

  test("sums over axes that were broadcast, also of size 1 and of lower rank", () => {
    const [x, bias] = [input("x", [2, 3]), input("b", [1, 1])];
    const [g] = gradient(mul(x, bias), [bias]);
    expect(g.shape).toEqual([1, 1]);
    expect([...evaluate([g], new Map([[x, nd([2, 3], [1, 2, 3, 4, 5, 6])]]))[0].data]).toEqual([21]);
  });

  test("is zero for what the output does not depend on", () => {
    const [x, z] = [input("x", [2]), input("z", [3])];
    expect(at(x, [1, 1], gradient(relu(x), [z]))).toEqual([[0, 0, 0]]);
  });

  test("goes on to the third order", () => {
    const x = input("x", [1]);
    let y = sin(x);
    for (let order = 0; order < 3; order++) [y] = gradient(y, [x]);
    expect(at(x, [0.5], [y])[0][0]).toBeCloseTo(-Math.cos(0.5), 12);
  });

  test("does not need stack: ten thousand nodes deep", () => {
    const x = input("x", [1]);
    let y: Value = x;
    for (let i = 0; i < 10_000; i++) y = add(y, x);
    expect(at(x, [1], gradient(y, [x]))).toEqual([[10_001]]);
  });
});

describe("what has no gradient", () => {
  const quantized = (x: Value) => {
    const zero = constant(Tensor.ofNumbers("uint8", [], [0]));
    const [q] = emit("QuantizeLinear", [x, scalar(0.1), zero]);
    return emit("DequantizeLinear", [q, scalar(0.1), zero])[0];
  };

  test("is refused where every way passes it, though integers lie between", () => {
    const x = input("x", [4]);
    expect(() => gradient(reduceSum(quantized(x)), [x])).toThrowError(/QuantizeLinear.*GRADIENT_UNDEFINED/);
  });

  test("is passed by where another way is left", () => {
    const x = input("x", [2]);
    const [, indices] = emit("TopK", [x, constant(Tensor.ofNumbers("int64", [1], [1]))], {}, { outputs: 2 });
    const y = emit("Gather", [mul(x, 2), indices])[0];
    expect(at(x, [1, 3], gradient(y, [x]))).toEqual([[0, 2]]);
  });

  test("needs float outputs and seeds of their shape", () => {
    const x = input("x", [2], "int64");
    expect(() => gradient(x, [x])).toThrowError(/GRADIENT_UNDEFINED/);
    const y = input("y", [2]);
    expect(() => gradient(y, [y], { outputGradients: [input("g", [3])] })).toThrowError(/GRADIENT_SEEDS/);
    expect(() => gradient([y, y], [y], { outputGradients: [y] })).toThrowError(/GRADIENT_SEEDS/);
  });
});
