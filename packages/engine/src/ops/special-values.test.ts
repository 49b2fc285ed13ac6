/** @file NaN, infinities, signed zeros, numbers past saturation: oracles and ONNX Runtime agree on all, slopes stay finite. */
import { expect, test } from "vitest";
import { gradient } from "../autodiff/gradient.js";
import { emit, input } from "../graph/emit.js";
import { nd } from "../graph/nd.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { compile } from "../runtime/compile.js";
import { evaluate } from "./evaluate.js";
import "./index.js";

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
const points = [nan, infinity, -infinity, 0, -0, 1, -1, 0.5, -0.5, 100, -100];

const activations =
  "Celu Elu Gelu HardSigmoid HardSwish LeakyRelu Mish Relu Selu Shrink Sigmoid Softplus Softsign Swish Tanh ThresholdedRelu";
const functions =
  "Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Erf Exp Floor IsInf IsNaN Log Neg Reciprocal Round Sign Sin Sqrt Tan";
const pairs = "Add Div Equal Greater GreaterOrEqual Less LessOrEqual Max Min Mul Pow Sub Sum Mean";

async function run(feeds: ReadonlyMap<Value, readonly number[]>, output: Value): Promise<number[]> {
  const inputs = Object.fromEntries([...feeds.keys()].map((x) => [x.name, x]));
  const program = await compile({ inputs, outputs: { output } }, { threads: 1 });
  const tensors = [...feeds].map(([x, numbers]) => [x.name, Tensor.ofNumbers(x.dtype, x.shape, numbers)]);
  const results = await program.run(Object.fromEntries(tensors));
  await program.dispose();
  return Array.from(results.output.toNumbers());
}

async function agree(feeds: ReadonlyMap<Value, readonly number[]>, output: Value): Promise<void> {
  const found = await run(feeds, output);
  const [exact] = evaluate([output], new Map([...feeds].map(([x, numbers]) => [x, nd(x.shape, numbers)])));
  const expected = Float32Array.from(exact.data);
  found.forEach((a, i) => {
    const b = expected[i];
    const close = Object.is(a, b) || a === b || (Number.isFinite(b) && Math.abs(a - b) <= 1e-5 * (1 + Math.abs(b)));
    const at = [...feeds.values()].map((numbers) => numbers[i]).join(", ");
    if (!close) expect.fail(`at ${at}: ONNX Runtime gives ${a}, the oracle ${b}`);
  });
}

test.each(`${activations} ${functions}`.split(" "))("%s of special numbers", async (name) => {
  // Often enough that vectorized kernels do not take all of them for a remainder.
  const numbers = Array.from({ length: 8 }, () => points).flat();
  const x = input("x", [numbers.length]);
  await agree(new Map([[x, numbers]]), emit(name, [x])[0]);
});

test.each(pairs.split(" "))("%s of pairs of special numbers", async (name) => {
  const [first, second] = [points.flatMap((a) => points.map(() => a)), points.flatMap(() => points)];
  const [a, b] = [input("a", [first.length]), input("b", [second.length])];
  const feeds = new Map([
    [a, first],
    [b, second],
  ]);
  await agree(feeds, emit(name, [a, b])[0]);
});

test("Clip of special numbers", async () => {
  const x = input("x", [points.length]);
  await agree(new Map([[x, points]]), emit("Clip", [x, -1, 1])[0]);
});

test.each(activations.split(" "))("the slope of %s is finite wherever its input is", async (name) => {
  const numbers = [0, -0, 30, -30, 100, -100, 1e4, -1e4, 1e15, -1e15];
  const x = input("x", [numbers.length]);
  const [slope] = gradient(emit(name, [x])[0], [x]);
  const found = await run(new Map([[x, numbers]]), slope);
  for (const [i, v] of found.entries()) expect(Math.abs(v), `at ${numbers[i]}`).toBeLessThan(2);
});
