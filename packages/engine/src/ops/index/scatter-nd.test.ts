/** @file ScatterND as models have it: sums over equal tuples, which ONNX Runtime's own kernel gets wrong on two threads. */
import { expect, test } from "vitest";
import { input } from "../../graph/emit.js";
import { findImport } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { compile } from "../../runtime/compile.js";
import "../index.js";

test("a hundred thousand updates of one row are all counted", async () => {
  const count = 100_000;
  const data = input("data", [3, 8]);
  const indices = input("indices", [count, 1], "int64");
  const updates = input("updates", [count, 8]);
  const [y] = findImport("ScatterND")!({
    label: "ScatterND",
    opset: 18,
    inputs: [data, indices, updates],
    attributes: { reduction: "add" },
    outputCount: 1,
  })!;
  const program = await compile({ inputs: { data, indices, updates }, outputs: { y: y! } }, { threads: 2 });
  const { y: sums } = await program.run({
    data: Tensor.of("float32", [3, 8], new Float32Array(24)),
    indices: Tensor.of("int64", [count, 1], new BigInt64Array(count).fill(1n)),
    updates: Tensor.of("float32", [count, 8], new Float32Array(8 * count).fill(1)),
  });
  await program.dispose();
  expect([...sums.data]).toEqual(Array.from({ length: 24 }, (_, i) => (i >= 8 && i < 16 ? count : 0)));
});
