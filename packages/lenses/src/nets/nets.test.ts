/** @file The parts of networks that are trained: what they compute, for any batch, and the weights they begin with. */
import { compile, input, readModel, Tensor, writeModel } from "@noema/engine";
import { describe, expect, test } from "vitest";
import { convolution, upConvolution } from "./convolution.js";
import { dense, flatten, perceptron, unflatten } from "./dense.js";
import { initialWeights, type Net, parameterCount, sequence } from "./net.js";
import { fullWeights } from "./weights.js";

type Weights = Record<string, Tensor>;

/** Runs a net over pictures or rows of this shape: through a model file whose batch was left open. */
async function run(net: Net, weights: Weights, shape: readonly number[], x: Float32Array) {
  const given = input("x", [1, ...shape.slice(1)]);
  const signature = { inputs: { x: given }, outputs: { y: net.apply(given, fullWeights(weights)) } };
  const model = readModel(writeModel(signature, { batchAxis: "N" }).bytes, { inputShapes: { x: shape } });
  const program = await compile({ inputs: { x: model.input() }, outputs: { y: model.output() } }, { threads: 1 });
  const { y } = await program.run({ x });
  await program.dispose();
  return y;
}

const waves = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 1.5);
const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const relu = (v: number) => Math.max(v, 0);

function expectNear(found: Tensor, wanted: readonly number[]) {
  expect(found.size).toBe(wanted.length);
  found.toNumbers().forEach((v, i) => {
    if (!(Math.abs(v - wanted[i]) < 1e-4)) expect.fail(`number ${i} is ${v}, wanted ${wanted[i]}`);
  });
}

/** Weights and biases that are all different. */
const drawn = (net: Net): Weights =>
  Object.fromEntries(
    Object.entries(net.parameters).map(([name, { shape }], k) => [
      name,
      Tensor.of("float32", shape, waves(size(shape) + k).slice(k)),
    ]),
  );

describe.each([1, 3])("a batch of %i", (batch) => {
  test.each(["linear", "relu"] as const)("dense: y = x·W + b, %s", async (activation) => {
    const net = dense("layer", 4, 3, { activation });
    const weights = drawn(net);
    const x = waves(batch * 4);
    const y = await run(net, weights, [batch, 4], x);
    expect(y.dims).toEqual([batch, 3]);
    const [w, b] = [weights["layer.weight"].toNumbers(), weights["layer.bias"].toNumbers()];
    const wanted = Array.from({ length: batch * 3 }, (_, i) => {
      const [n, o] = [Math.floor(i / 3), i % 3];
      let sum = b[o];
      for (let k = 0; k < 4; k++) sum += x[n * 4 + k] * w[k * 3 + o];
      return activation === "relu" ? relu(sum) : sum;
    });
    expectNear(y, wanted);
  });

  test.each([
    { kernel: 3, stride: 1, sides: [5, 7] },
    { kernel: 5, stride: 2, sides: [7, 6] },
    { kernel: 1, stride: 2, sides: [4, 5] },
    { kernel: 3, stride: 2, sides: [1, 1] },
  ])("convolution: every position and channel, sides halved upwards: %o", async ({ kernel, stride, sides: [h, w] }) => {
    const net = convolution("layer", 2, 3, { kernel, stride });
    const weights = drawn(net);
    const x = waves(batch * 2 * h * w);
    const y = await run(net, weights, [batch, 2, h, w], x);
    const [rows, columns] = [Math.ceil(h / stride), Math.ceil(w / stride)];
    expect(y.dims).toEqual([batch, 3, rows, columns]);
    const [kernels, b] = [weights["layer.weight"].toNumbers(), weights["layer.bias"].toNumbers()];
    const edge = (kernel - 1) / 2;
    const at = (n: number, c: number, i: number, j: number) =>
      i < 0 || j < 0 || i >= h || j >= w ? 0 : x[((n * 2 + c) * h + i) * w + j];
    const wanted: number[] = [];
    for (let n = 0; n < batch; n++)
      for (let o = 0; o < 3; o++)
        for (let i = 0; i < rows; i++)
          for (let j = 0; j < columns; j++) {
            let sum = b[o];
            for (let c = 0; c < 2; c++)
              for (let u = 0; u < kernel; u++)
                for (let v = 0; v < kernel; v++) {
                  const weight = kernels[((o * 2 + c) * kernel + u) * kernel + v];
                  sum += weight * at(n, c, i * stride + u - edge, j * stride + v - edge);
                }
            wanted.push(relu(sum));
          }
    expectNear(y, wanted);
  });

  test("upConvolution: four channels become the four pixels of a square", async () => {
    const net = upConvolution("layer", 2, 3, "linear");
    const weights = drawn(net);
    const x = waves(batch * 2 * 4 * 5);
    const [y, wide] = [
      await run(net, weights, [batch, 2, 4, 5], x),
      await run(convolution("layer", 2, 12, { activation: "linear" }), weights, [batch, 2, 4, 5], x),
    ];
    expect(y.dims).toEqual([batch, 3, 8, 10]);
    const before = wide.toNumbers();
    const wanted = Array.from({ length: y.size }, (_, i) => {
      const [column, row, c, n] = [i % 10, Math.floor(i / 10) % 8, Math.floor(i / 80) % 3, Math.floor(i / 240)];
      const channel = 4 * c + 2 * (row % 2) + (column % 2);
      return before[((n * 12 + channel) * 4 + Math.floor(row / 2)) * 5 + Math.floor(column / 2)];
    });
    expectNear(y, wanted);
    const clipped = await run(upConvolution("layer", 2, 3), weights, [batch, 2, 4, 5], x);
    expectNear(clipped, wanted.map(relu));
  });

  test("flatten and unflatten keep the order of numbers", async () => {
    const x = waves(batch * 12);
    const flat = await run(flatten, {}, [batch, 2, 3, 2], x);
    expect(flat.dims).toEqual([batch, 12]);
    expect(flat.data).toEqual(x);
    const back = await run(unflatten(2, 3, 2), {}, [batch, 12], x);
    expect(back.dims).toEqual([batch, 2, 3, 2]);
    expect(back.data).toEqual(x);
  });

  test("a perceptron is its layers, one after the other", async () => {
    const net = perceptron("p", [4, 6, 5, 3]);
    const weights = drawn(net);
    expect(Object.keys(weights)).toEqual(["p.1", "p.2", "p.3"].flatMap((name) => [`${name}.weight`, `${name}.bias`]));
    const x = waves(batch * 4);
    const chain = sequence(
      dense("p.1", 4, 6, { activation: "relu" }),
      dense("p.2", 6, 5, { activation: "relu" }),
      dense("p.3", 5, 3, { activation: "relu" }),
    );
    const [found, wanted] = [await run(net, weights, [batch, 4], x), await run(chain, weights, [batch, 4], x)];
    expect(found.dims).toEqual([batch, 3]);
    expect(found.data).toEqual(wanted.data);
    expect(found.toNumbers().some((v) => v > 0)).toBe(true);
  });
});

describe("weights to begin with", () => {
  const [one, other] = [dense("one", 300, 200, { activation: "relu" }), convolution("other", 16, 32)];

  test("do not depend on which other nets there are, nor on their order", () => {
    const both = initialWeights([other, one], 5);
    expect(both["one.weight"]).toEqual(initialWeights([one], 5)["one.weight"]);
    expect(both["other.weight"]).toEqual(initialWeights([one, other, dense("third", 2, 2)], 5)["other.weight"]);
  });

  test("are the same for the same seed, others for another seed or name", () => {
    const weight = (seed: number, name = "one") => initialWeights([dense(name, 300, 200)], seed)[`${name}.weight`];
    expect(weight(5)).toEqual(weight(5));
    expect(weight(6).data).not.toEqual(weight(5).data);
    expect(weight(5, "eno").data).not.toEqual(weight(5).data);
  });

  test("are of He where ReLU follows, of Glorot where nothing does; biases are zero", () => {
    const deviation = ({ data }: Tensor) =>
      Math.sqrt((data as Float32Array).reduce((s, v) => s + v * v, 0) / data.length);
    const found = initialWeights([one, other, dense("last", 300, 200)], 1);
    expect(found["one.weight"].dims).toEqual([300, 200]);
    expect(deviation(found["one.weight"])).toBeCloseTo(Math.sqrt(2 / 300), 3);
    expect(deviation(found["last.weight"])).toBeCloseTo(Math.sqrt(2 / 500), 3);
    expect(found["other.weight"].dims).toEqual([32, 16, 3, 3]);
    expect(Math.abs(deviation(found["other.weight"]) / Math.sqrt(2 / 144) - 1)).toBeLessThan(0.05);
    for (const name of ["one.bias", "other.bias", "last.bias"]) expect(deviation(found[name])).toBe(0);
  });

  test("are as many as parameterCount says", () => {
    const weights = Object.values(initialWeights([one, other], 0));
    expect(parameterCount([one, other])).toBe(300 * 200 + 200 + 32 * 16 * 9 + 32);
    expect(weights.reduce((sum, { size: each }) => sum + each, 0)).toBe(parameterCount([one, other]));
  });
});
