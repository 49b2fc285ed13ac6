/** @file What LRN is read as is LRN: values and gradients against the operator's own rule. */
import { expect, test } from "vitest";
import { gradient } from "../../autodiff/gradient.js";
import { mul } from "../../graph/builder.js";
import { emit, input } from "../../graph/emit.js";
import { findImport } from "../../graph/op.js";
import { compile } from "../../runtime/compile.js";
import "../index.js";

test.each([
  { size: 5, alpha: 0.0001, beta: 0.75, bias: 1 },
  { size: 3, alpha: 0.7, beta: 0.5, bias: 2 },
  { size: 9, alpha: 0.3, beta: 1.3, bias: 1 },
])("%o", async (attributes) => {
  const dims = [2, 6, 5, 4];
  const [x, g] = [input("x", dims), input("g", dims)];
  const both = [emit("LRN", [x], attributes)[0], readLrn(x, attributes)].flatMap((y) => [
    y,
    gradient(mul(y, g), [x])[0],
  ]);
  const outputs = Object.fromEntries(both.map((value, i) => [`v${i}`, value]));
  const program = await compile({ inputs: { x, g }, outputs }, { threads: 1 });
  const wave = (step: number) => Float32Array.from({ length: 240 }, (_, i) => 3 * Math.sin(i * step));
  const result = await program.run({ x: wave(1.7), g: wave(0.6) });
  await program.dispose();
  const [y, dx, yRead, dxRead] = both.map((_, i) => result[`v${i}`]!.toNumbers());
  for (const [one, other] of [
    [y!, yRead!],
    [dx!, dxRead!],
  ]) {
    const largest = Math.max(...one!.map(Math.abs));
    one!.forEach((v, i) => {
      expect(Math.abs(v - other![i]!) / largest).toBeLessThan(2e-6);
    });
  }
});

test("a base that may reach 0 is raised to its power without a logarithm", async () => {
  const x = input("x", [1, 3, 1, 1]);
  const y = readLrn(x, { size: 2, alpha: 2, beta: 0.5, bias: 0 });
  const program = await compile({ inputs: { x }, outputs: { y } }, { threads: 1 });
  const result = await program.run({ x: [0, 3, 4] });
  await program.dispose();
  expect(result.y!.toNumbers()[2]).toBeCloseTo(1, 5);
});

function readLrn(x: ReturnType<typeof input>, attributes: Record<string, number>) {
  return findImport("LRN")!({ label: "LRN", opset: 13, inputs: [x], attributes, outputCount: 1 })![0]!;
}
