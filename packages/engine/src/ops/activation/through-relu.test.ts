/** @file Joined Relus: the same gradients as one by one, wherever they are asked for. */
import { expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.js";
import { concat, mul, relu, zeros } from "../../graph/builder.js";
import { input } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { compile } from "../../runtime/compile.js";
import "../index.js";

const dims = [2, 3, 4];
const [a, b, weights] = [input("a", dims), input("b", dims), input("weights", [2, 6, 4])];
const [first, second] = [relu(a), relu(b)];
const joined = mul(concat([first, second], 1), weights);

async function valuesOf(...outputs: Value[]): Promise<number[][]> {
  const named = Object.fromEntries(outputs.map((value, i) => [`v${i}`, value]));
  const program = await compile({ inputs: { a, b, weights }, outputs: named }, { threads: 1 });
  const wave = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step));
  const result = await program.run({ a: wave(24, 2.3), b: wave(24, 0.9), weights: wave(48, 1.7) });
  await program.dispose();
  // 0 times a negative number is −0, which is as good as 0.
  return outputs.map((_, i) => Array.from(result[`v${i}`]!.toNumbers(), (v) => v + 0));
}

const half = (list: readonly number[], i: number) =>
  [0, 1].flatMap((n) => list.slice(24 * n + 12 * i, 24 * n + 12 * i + 12));

test("what reaches the inputs is the gradient where they are positive", async () => {
  const [da, db, va, vb, w] = await valuesOf(...gradient(joined, [a, b]), a, b, weights);
  expect(da).toEqual(half(w!, 0).map((v, i) => (va![i]! > 0 ? v : 0)));
  expect(db).toEqual(half(w!, 1).map((v, i) => (vb![i]! > 0 ? v : 0)));
});

test("the gradient of a Relu's own output is whole, though it is joined with others", async () => {
  const [dFirst, w] = await valuesOf(...gradient(joined, [first]), weights);
  expect(dFirst).toEqual(half(w!, 0));
});

test("a rule in place of Relu's gets the whole gradient", async () => {
  const rules = { Relu: ({ outputGradients: [g] }: { outputGradients: readonly Value[] }) => [g!] };
  const [da, w] = await valuesOf(...gradient(joined, [a], { rules }), weights);
  expect(da).toEqual(half(w!, 0));
});

test("a Relu that is used elsewhere too, or joined twice, gets the sum", async () => {
  const twice = mul(concat([first, first], 1), weights);
  const [once, both, w, va] = await valuesOf(
    ...gradient([joined, mul(first, first)], [a], { outputGradients: [zeros([2, 6, 4]), first] }),
    ...gradient(twice, [a]),
    weights,
    a,
  );
  once!.forEach((v, i) => {
    expect(v).toBeCloseTo(va![i]! > 0 ? 2 * va![i]! ** 2 : 0, 5);
  });
  both!.forEach((v, i) => {
    expect(v).toBeCloseTo(va![i]! > 0 ? half(w!, 0)[i]! + half(w!, 1)[i]! : 0, 5);
  });
});
