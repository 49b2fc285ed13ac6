/** @file The untrained network: the same shape, other weights, no biases; what it answers depends on the seed. */
import { build, compile, constant, emit, input, readModel, seededRandom, Tensor, writeModel } from "@noema/engine";
import { expect, test } from "vitest";
import { tinyNetwork } from "../../tiny-network.testing.js";
import { untrained } from "./untrained.js";

async function answers(model: ReturnType<typeof tinyNetwork>, name: string): Promise<Float32Array> {
  const program = await compile(
    { inputs: { pixels: model.input() }, outputs: { found: model.value(name) } },
    { threads: 1 },
  );
  const random = seededRandom(5);
  const pixels = Float32Array.from({ length: 2 * 3 * 16 * 16 }, () => random.normal());
  const { found } = await program.run({ pixels });
  await program.dispose();
  return found.data as Float32Array;
}

test("the same layers of the same shapes, of other numbers", async () => {
  const model = tinyNetwork(2, 16, 16);
  const { model: fresh, redrawn, kept } = untrained(model, seededRandom(1));
  expect(redrawn).toBe(6 * 27 + 30);
  expect(kept).toEqual([]);
  expect(fresh.names).toEqual(model.names);
  expect(fresh.layers.map(({ op, name }) => [op, name])).toEqual(model.layers.map(({ op, name }) => [op, name]));
  expect(fresh.value("features").shape).toEqual(model.value("features").shape);
  const [trained, anew, again, other] = await Promise.all([
    answers(model, "features"),
    answers(fresh, "features"),
    answers(untrained(model, seededRandom(1)).model, "features"),
    answers(untrained(model, seededRandom(2)).model, "features"),
  ]);
  expect(again).toEqual(anew);
  expect(anew).not.toEqual(trained);
  expect(other).not.toEqual(anew);
});

/** A layer of inputs and outputs whose sizes differ, with B as Gemm may have it. */
function product(transB: 0 | 1, bias: number) {
  const [inputs, outputs] = [400, 30];
  const x = input("x", [500, inputs]);
  const dims = transB ? [outputs, inputs] : [inputs, outputs];
  const weight = constant(Tensor.of("float32", dims, new Float32Array(inputs * outputs).fill(9)));
  const bent = constant(Tensor.of("float32", [outputs], new Float32Array(outputs).fill(bias)));
  const y = build.relu(emit("Gemm", [x, weight, bent], { transB })[0]);
  y.name = "y";
  return readModel(writeModel({ inputs: { x }, outputs: { y } }).bytes, {
    dimensions: {},
    inputShapes: { x: [500, inputs] },
  });
}

test.each([0, 1] as const)(
  "activations keep their size, whichever way a product is written (transB %i)",
  async (transB) => {
    const { model } = untrained(product(transB, 50), seededRandom(3));
    const program = await compile({ inputs: { x: model.input() }, outputs: { y: model.value("y") } }, { threads: 1 });
    const random = seededRandom(4);
    const { y } = await program.run({ x: Float32Array.from({ length: 500 * 400 }, () => random.normal()) });
    await program.dispose();
    const values = y.data as Float32Array;
    const square = values.reduce((sum, v) => sum + v * v, 0) / values.length;
    // Half of twice the variance of the inputs; a bias of 50, or the other fan, would show.
    expect(square).toBeGreaterThan(0.9);
    expect(square).toBeLessThan(1.1);
    expect(values.filter((v) => v === 0).length / values.length).toBeCloseTo(0.5, 1);
  },
);

test("a network without weights is refused", () => {
  const x = input("x", [1, 3]);
  const y = build.relu(x);
  y.name = "y";
  const model = readModel(writeModel({ inputs: { x }, outputs: { y } }).bytes);
  expect(() => untrained(model, seededRandom(0))).toThrow("STUDY_WEIGHTS");
});
