/** @file What a step sees and moves: every kind of array, rows, pairs, noise, clipped gradients, and looks without a step. */
import { afterEach, describe, expect, test } from "vitest";
import { add, cast, mul, reduceMean, sub } from "../graph/builder.js";
import { constant } from "../graph/emit.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import "../ops/index.js";
import { adamOptimizer } from "./optimizers/adam.js";
import { sgd } from "./optimizers/sgd.js";
import type { Trainer, TrainerOptions } from "./trainer.js";
import { disposeTrainers, drawn, openTrainer, rowsOf, total } from "./trainer.testing.js";

afterEach(disposeTrainers);

/** One parameter of every kind; the gradient of each is a row of the data of its name. */
const shapes = {
  matrix: [100, 90],
  vector: [9000],
  "matrix.small": [3, 4],
  "matrix.tiny": [2, 2],
  bias: [5],
  number: [],
};

function linear(names: readonly (keyof typeof shapes)[]): Omit<TrainerOptions, "optimizer"> {
  const own = names.map((name) => [name, shapes[name] as readonly number[]] as const);
  return {
    parameters: Object.fromEntries(own.map(([name, shape], i) => [name, drawn(20 + i, shape)])),
    data: Object.fromEntries(own.map(([name, shape], i) => [`slope of ${name}`, drawn(40 + i, [3, ...shape])])),
    batch: 1,
    loss: ({ parameters, rows: [row] }) => {
      const products = names.map((name) => total(mul(parameters[name], row[`slope of ${name}`])));
      return { loss: products.reduce((sum: Value, one) => add(sum, one)) };
    },
  };
}

const everyName = Object.keys(shapes) as (keyof typeof shapes)[];

test("every array follows its own gradient; weights decay, biases and single numbers do not", async () => {
  const options = linear(everyName);
  const trainer = await openTrainer({ ...options, optimizer: sgd({ weightDecay: 0.5 }) });
  await trainer.advance({ rows: rowsOf(2), rates: [0.1] });
  const found = trainer.parameters();
  expect(Object.keys(found)).toEqual(everyName);
  for (const name of everyName) {
    const [before, slopes] = [options.parameters[name].toNumbers(), options.data[`slope of ${name}`].toNumbers()];
    const decay = shapes[name].length > 1 ? 0.5 : 0;
    const wanted = before.map((p, i) => p - 0.1 * (slopes[2 * before.length + i] + decay * p));
    expect(found[name].dims).toEqual(shapes[name]);
    found[name].toNumbers().forEach((value, i) => {
      if (Math.abs(value - wanted[i]) > 1e-6) expect.fail(`${name}[${i}] is ${value}, wanted ${wanted[i]}`);
    });
  }
});

test.each(everyName.map((name) => [name]))("one parameter alone, %s, moves as it does among others", async (name) => {
  const options = linear([name]);
  const trainer = await openTrainer({ ...options, optimizer: sgd() });
  await trainer.advance({ rows: rowsOf(1), rates: [1] });
  const [before, slopes] = [options.parameters[name].toNumbers(), options.data[`slope of ${name}`].toNumbers()];
  trainer
    .parameters()
    [name].toNumbers()
    .forEach((value, i) => {
      if (Math.abs(value - (before[i] - slopes[before.length + i])) > 1e-5) expect.fail(`${name}[${i}] is ${value}`);
    });
});

test("what the loss does not see stays as it is", async () => {
  const idle = drawn(5, [4]);
  const options = linear(["bias"]);
  const trainer = await openTrainer({
    ...options,
    parameters: { ...options.parameters, idle },
    optimizer: adamOptimizer(),
  });
  await trainer.advance({ rows: rowsOf(0, 1, 2), rates: [1, 1, 1] });
  expect(trainer.parameters().idle.data).toEqual(idle.data);
});

test("names that the rows of small arrays have may be taken by a parameter", async () => {
  const weight = drawn(1, [2, 3]);
  const trainer = await openTrainer({
    parameters: { "small weights": weight },
    data: { x: drawn(2, [4, 2, 3]) },
    batch: 1,
    loss: ({ parameters, rows: [{ x }] }) => ({ loss: total(mul(parameters["small weights"], x)) }),
    optimizer: sgd(),
  });
  await trainer.advance({ rows: rowsOf(3), rates: [1] });
  const found = trainer.parameters()["small weights"];
  expect(found.dims).toEqual([2, 3]);
  const slope = drawn(2, [4, 2, 3]).toNumbers().subarray(18);
  found.toNumbers().forEach((value, i) => {
    expect(value).toBeCloseTo(weight.toNumbers()[i] - slope[i], 5);
  });
});

describe("what a step sees", () => {
  /** Weights that tell from a sum which number stood where. */
  const places = constant(Tensor.ofNumbers("float32", [2, 2], [1, 10, 100, 1000]));
  const halves = constant(Tensor.ofNumbers("float32", [2], [1, 0.5]));
  const parameters = { factor: Tensor.ofNumbers("float32", [1], [2]) };
  const bytes = Tensor.of("uint8", [4, 2], Uint8Array.of(0, 1, 10, 20, 100, 200, 255, 254));
  const label = Tensor.of("int32", [4], Int32Array.of(-7, 0, 5, 1000));

  test("rows of every type, in the order that was asked for", async () => {
    const trainer = await openTrainer({
      parameters,
      data: { bytes, label },
      batch: 2,
      loss: ({ parameters: { factor }, rows: [row] }) => ({
        loss: total(factor),
        figures: {
          first: total(mul(cast(row.bytes, "float32"), places)),
          label: total(mul(cast(row.label, "float32"), halves)),
        },
      }),
      optimizer: sgd(),
    });
    const { first, label: labels } = await trainer.advance({ rows: rowsOf(3, 1, 0, 0), rates: [0, 0] });
    expect([...first]).toEqual([255 + 254 * 10 + 10 * 100 + 20 * 1000, 10 + 1000]);
    expect([...labels]).toEqual([1000, -7 - 7 / 2]);
  });

  test("two rows of one example, for pairs", async () => {
    const x = Tensor.ofNumbers("float32", [4, 1], [1, 2, 4, 8]);
    const trainer = await openTrainer({
      parameters,
      data: { x },
      batch: 2,
      draws: 2,
      loss: ({ parameters: { factor }, rows: [one, other] }) => ({
        loss: mul(reduceMean(sub(one.x, other.x), [0, 1], { keepdims: false }), total(factor)),
      }),
      optimizer: sgd(),
    });
    const pairs = [Int32Array.of(3, 2, 0, 0), Int32Array.of(0, 1, 1, 1)];
    const { loss } = await trainer.advance({ rows: pairs, rates: [1, 0] });
    // (7 + 2) / 2, and after a step against that slope (−1 − 1) / 2.
    expect([...loss]).toEqual([9, -(2 - 4.5)]);
    expect(await trainer.evaluate([Int32Array.of(3, 2), Int32Array.of(0, 1)])).toEqual({ loss: 4.5 * -2.5 });
  });

  test("noise that was drawn for it", async () => {
    const trainer = await openTrainer({
      parameters,
      data: { label },
      noise: { shift: [3], size: [] },
      batch: 1,
      loss: ({ parameters: { factor }, noise: { shift, size } }) => ({
        loss: mul(total(factor), add(total(shift), mul(size, 100))),
      }),
      optimizer: sgd(),
    });
    const noise = { shift: Float32Array.of(1, 2, 3, 4, 5, 6), size: Float32Array.of(0.25, 0.5) };
    const { loss } = await trainer.advance({ rows: rowsOf(0, 1), rates: [0, 0], noise });
    expect([...loss]).toEqual([2 * 31, 2 * 65]);
    const own = { shift: Float32Array.of(1, 1, 2), size: Float32Array.of(0.01) };
    expect(await trainer.evaluate(rowsOf(0, 1, 2), own)).toEqual({ loss: expect.closeTo(2 * 5, 5) });
    expect(await trainer.evaluate(rowsOf(0, 1, 2))).toEqual({ loss: 0 });
  });
});

describe("clipping", () => {
  const options = linear(["matrix", "matrix.small", "bias"]);
  const slopes = (row: number) =>
    Object.entries(options.data).flatMap(([, tensor]) => {
      const size = tensor.size / 3;
      return [...tensor.toNumbers().subarray(row * size, (row + 1) * size)];
    });
  const moved = (trainer: Trainer) =>
    Object.entries(trainer.parameters()).flatMap(([name, tensor]) => {
      const before = options.parameters[name].toNumbers();
      return [...tensor.toNumbers().map((value, i) => before[i] - value)];
    });

  test("shortens all gradients together, and tells how long they were", async () => {
    const trainer = await openTrainer({ ...options, clip: { norm: 3 }, optimizer: sgd() });
    const { "gradient-norm": length } = await trainer.advance({ rows: rowsOf(1), rates: [1] });
    const wanted = slopes(1);
    expect(length[0]).toBeCloseTo(Math.hypot(...wanted), 2);
    const change = moved(trainer);
    expect(Math.hypot(...change)).toBeCloseTo(3, 3);
    const cosine = change.reduce((sum, v, i) => sum + v * wanted[i], 0) / (3 * Math.hypot(...wanted));
    expect(cosine).toBeCloseTo(1, 4);
  });

  test("bounds each number, before the length is taken", async () => {
    const trainer = await openTrainer({ ...options, clip: { value: 0.5, norm: 1e6 }, optimizer: sgd() });
    const { "gradient-norm": length } = await trainer.advance({ rows: rowsOf(0), rates: [1] });
    const wanted = slopes(0).map((v) => Math.min(0.5, Math.max(-0.5, v)));
    moved(trainer).forEach((v, i) => {
      if (Math.abs(v - wanted[i]) > 1e-5) expect.fail(`number ${i} moved by ${v}, wanted ${wanted[i]}`);
    });
    expect(length[0]).toBeCloseTo(Math.hypot(...wanted), 2);
  });
});

describe("evaluate", () => {
  const x = Tensor.ofNumbers("float32", [6], [1, 2, 4, 8, 16, 32]);
  const options: TrainerOptions = {
    parameters: { factor: Tensor.ofNumbers("float32", [1], [10]) },
    data: { x },
    batch: 4,
    mostSteps: 2,
    loss: ({ parameters: { factor }, rows: [row] }) => ({
      loss: mul(reduceMean(row.x, [0], { keepdims: false }), total(factor)),
      figures: { sum: total(row.x) },
    }),
    optimizer: sgd(),
  };

  test.each([
    { rows: [0, 1, 2, 3], sum: 15 },
    { rows: [0, 1, 2, 3, 4, 5], sum: (15 + 16 + 32 + 1 + 2) / 2 },
    { rows: [5], sum: 4 * 32 },
    { rows: [4, 0, 1], sum: 16 + 1 + 2 + 16 },
    // Five batches, more than one run takes.
    { rows: [...new Array<number>(16).fill(0), 1, 2, 3, 4], sum: (16 + 30) / 5 },
  ])("fills up the last batch from the first rows: $rows", async ({ rows: seen, sum }) => {
    const trainer = await openTrainer(options);
    const found = await trainer.evaluate([Int32Array.from(seen)]);
    expect(found.sum).toBeCloseTo(sum, 5);
    expect(found.loss).toBeCloseTo((10 * sum) / 4, 4);
    expect(trainer.step).toBe(0);
  });

  test("sees the weights as they are after the steps taken", async () => {
    const trainer = await openTrainer(options);
    await trainer.advance({ rows: rowsOf(0, 1, 2, 3), rates: [2] });
    expect(trainer.parameters().factor.toNumbers()[0]).toBe(10 - 2 * 3.75);
    expect((await trainer.evaluate(rowsOf(0, 0, 0, 0))).loss).toBeCloseTo(2.5, 6);
  });
});
