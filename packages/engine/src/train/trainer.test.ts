/** @file Trainer: it learns; how its steps are portioned, saved and gone on with changes no byte; divergence leaves it whole. */
import { afterEach, describe, expect, test } from "vitest";
import { add, matmul, mul, relu, sub } from "../graph/builder.js";
import { Tensor } from "../graph/tensor.js";
import "../ops/index.js";
import { squaredError } from "./losses/index.js";
import { adamOptimizer, adamW } from "./optimizers/adam.js";
import { sgd } from "./optimizers/sgd.js";
import type { Trainer, TrainerOptions } from "./trainer.js";
import { bytesOf, disposeTrainers, drawn, drawnRows, openTrainer, rowsOf, total } from "./trainer.testing.js";

afterEach(disposeTrainers);

const coded = (code: string) => expect.objectContaining({ code });

describe("a regression with a known solution", () => {
  const [count, features, outputs] = [120, 5, 2];
  const truth = drawn(1, [features, outputs]).toNumbers();
  const shift = [0.7, -1.2];
  const x = drawn(2, [count, features]);
  const y = Tensor.ofNumbers(
    "float32",
    [count, outputs],
    Array.from({ length: count * outputs }, (_, i) => {
      const [n, k] = [Math.floor(i / outputs), i % outputs];
      const seen = x.toNumbers().subarray(n * features, (n + 1) * features);
      return shift[k] + seen.reduce((sum, value, f) => sum + value * truth[f * outputs + k], 0);
    }),
  );
  const options: TrainerOptions = {
    parameters: { weight: drawn(3, [features, outputs]), bias: Tensor.ofNumbers("float32", [outputs], [0, 0]) },
    data: { x, y },
    batch: 20,
    loss: ({ parameters: { weight, bias }, rows: [row] }) => {
      const out = add(matmul(row.x, weight), bias);
      return { loss: squaredError(out, row.y), figures: { drift: total(sub(out, row.y)) } };
    },
    optimizer: sgd({ momentum: 0.9 }),
  };

  test.each([
    ["sgd", sgd({ momentum: 0.9 }), 0.02],
    ["adam", adamOptimizer(), 0.2],
  ] as const)("%s finds it", async (_, optimizer, rate) => {
    const trainer = await openTrainer({ ...options, optimizer });
    let first = 0;
    for (let round = 0; round < 8; round++) {
      const { loss } = await trainer.advance({
        rows: [drawnRows(round, count, 50 * 20)],
        rates: new Float64Array(50).fill(rate * 0.6 ** round),
      });
      if (round === 0) first = loss[0];
    }
    expect(trainer.step).toBe(400);
    const { weight, bias } = trainer.parameters();
    expect(weight.dims).toEqual([features, outputs]);
    weight.toNumbers().forEach((value, i) => {
      expect(value).toBeCloseTo(truth[i], 3);
    });
    bias.toNumbers().forEach((value, i) => {
      expect(value).toBeCloseTo(shift[i], 3);
    });
    const { loss } = await trainer.evaluate([Int32Array.from({ length: count }, (_, i) => i)]);
    expect(loss).toBeLessThan(1e-5);
    expect(first).toBeGreaterThan(1);
  });

  test("figures come in order, one number for each step, the loss before its step", async () => {
    const trainer = await openTrainer({ ...options, clip: { norm: 1000 } });
    expect(trainer.figures).toEqual(["loss", "drift", "gradient-norm"]);
    const rows = drawnRows(9, count, 20);
    const before = await trainer.evaluate([rows]);
    const figures = await trainer.advance({
      rows: [Int32Array.of(...rows, ...rows, ...rows)],
      rates: [0.01, 0.01, 0.01],
    });
    expect(Object.keys(figures)).toEqual(trainer.figures);
    for (const values of Object.values(figures)) expect(values).toHaveLength(3);
    expect(Object.keys(before)).toEqual(["loss", "drift"]);
    expect(figures.loss[0]).toBeCloseTo(before.loss, 5);
    expect(figures.drift[0]).toBeCloseTo(before.drift, 4);
    // The same rows again, so each step has less to do.
    expect(figures.loss[1]).toBeLessThan(figures.loss[0]);
    expect(figures.loss[2]).toBeLessThan(figures.loss[1]);
  });
});

/** A network whose arrays are carried in every way: one large weight by itself, small weights and biases in a row. */
function network(optimizer = adamW(), mostSteps = 50): TrainerOptions {
  return {
    parameters: {
      large: drawn(1, [96, 96], 0.1),
      "large.bias": drawn(2, [96], 0.1),
      small: drawn(3, [96, 4], 0.1),
      "small.bias": drawn(4, [4], 0.1),
      scale: drawn(5, [], 1),
    },
    data: { x: drawn(6, [40, 96]), y: drawn(7, [40, 4]) },
    batch: 7,
    noise: { shake: [7, 96] },
    loss: ({ parameters, rows: [{ x, y }], noise: { shake } }) => {
      const hidden = relu(add(matmul(add(x, mul(shake, 0.1)), parameters.large), parameters["large.bias"]));
      const out = add(matmul(hidden, parameters.small), parameters["small.bias"]);
      return { loss: squaredError(mul(out, parameters.scale), y) };
    },
    optimizer,
    mostSteps,
  };
}

const twelve = 12;
const rows = drawnRows(11, 40, twelve * 7);
const shake = drawn(12, [twelve, 7, 96]).data as Float32Array;
const rates = Float64Array.from({ length: twelve }, (_, i) => 0.01 / (i + 1));

/** Steps from … to of the twelve. */
async function take(trainer: Trainer, from: number, to: number): Promise<number[]> {
  const { loss } = await trainer.advance({
    rows: [rows.subarray(from * 7, to * 7)],
    rates: rates.subarray(from, to),
    noise: { shake: shake.subarray(from * 7 * 96, to * 7 * 96) },
  });
  return [...loss];
}

describe("no byte depends on", () => {
  test.each([
    ["adam-w", adamW(), 1],
    ["adam-w in two threads", adamW(), 2],
    ["sgd", sgd({ momentum: 0.9, nesterov: true, weightDecay: 0.1 }), 1],
    ["plain sgd", sgd(), 1],
  ] as const)("how many steps are taken at once: %s", async (_, optimizer, threads) => {
    const states: unknown[] = [];
    const losses: number[][] = [];
    for (const { portions, mostSteps } of [
      { portions: [12], mostSteps: 12 },
      { portions: [12], mostSteps: 50 },
      { portions: [5, 1, 6], mostSteps: 9 },
      { portions: new Array<number>(12).fill(1), mostSteps: 1 },
    ]) {
      const trainer = await openTrainer({ ...network(optimizer, mostSteps), compile: { threads } });
      const seen: number[] = [];
      for (const steps of portions) seen.push(...(await take(trainer, trainer.step, trainer.step + steps)));
      expect(trainer.step).toBe(twelve);
      states.push(bytesOf(trainer.state));
      losses.push(seen);
    }
    expect(new Set(losses[0]).size).toBe(twelve);
    for (const other of losses) expect(other).toEqual(losses[0]);
    for (const other of states) expect(other).toEqual(states[0]);
  });

  test("a rest in between: another trainer goes on from the state", async () => {
    const whole = await openTrainer(network());
    await take(whole, 0, 5);
    const saved = whole.state;
    const kept = bytesOf(saved);
    const rest = await take(whole, 5, twelve);
    expect(bytesOf(saved), "steps write into a state that was given out").toEqual(kept);

    const other = await openTrainer({
      ...network(),
      parameters: { ...network().parameters, large: drawn(99, [96, 96]) },
    });
    await take(other, 0, 3);
    // As read back from a file: arrays of their own.
    const copies = Object.entries(saved.arrays).map(
      ([name, { dims, data }]) => [name, Tensor.of("float32", dims, (data as Float32Array).slice())] as const,
    );
    other.restore({ step: saved.step, arrays: Object.fromEntries(copies) });
    expect(other.step).toBe(5);
    expect(await take(other, 5, twelve)).toEqual(rest);
    expect(bytesOf(other.state)).toEqual(bytesOf(whole.state));
  });

  test("a look at other rows in between", async () => {
    const [one, other] = [await openTrainer(network()), await openTrainer(network())];
    await take(one, 0, 6);
    await take(other, 0, 3);
    await other.evaluate(rowsOf(1, 2, 3));
    await take(other, 3, 6);
    expect(bytesOf(other.state)).toEqual(bytesOf(one.state));
  });
});

describe("divergence", () => {
  /** Its gradient is the row; its loss too, but for what is multiplied by 0. */
  const options = (values: readonly number[]): TrainerOptions => ({
    parameters: { p: Tensor.ofNumbers("float32", [1], [1]) },
    data: { x: Tensor.ofNumbers("float32", [values.length, 1], values) },
    batch: 1,
    loss: ({ parameters: { p }, rows: [{ x }] }) => ({ loss: total(mul(mul(p, p), x)) }),
    optimizer: adamOptimizer(),
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    "%s in the data names the step and leaves the state",
    async (odd) => {
      const trainer = await openTrainer(options([1, odd]));
      await trainer.advance({ rows: rowsOf(0, 0, 0), rates: [0.1, 0.1, 0.1] });
      const before = bytesOf(trainer.state);
      const failing = trainer.advance({ rows: rowsOf(0, 0, 1, 0), rates: [0.1, 0.1, 0.1, 0.1] });
      await expect(failing).rejects.toThrow(coded("TRAINING_DIVERGED"));
      await expect(failing).rejects.toThrow(/^step 6: loss is /);
      expect(trainer.step).toBe(3);
      expect(bytesOf(trainer.state)).toEqual(before);
      await trainer.advance({ rows: rowsOf(0), rates: [0.1] });
      expect(trainer.step).toBe(4);
    },
  );

  test("a huge rate", async () => {
    const trainer = await openTrainer({ ...options([1]), optimizer: sgd() });
    const before = bytesOf(trainer.state);
    // p ← (1 − 2·rate) p: past the largest float32 in the second step, seen by the third.
    const failing = trainer.advance({ rows: rowsOf(0, 0, 0, 0), rates: new Array<number>(4).fill(1e20) });
    await expect(failing).rejects.toThrow(/^step 2: loss is Infinity/);
    await expect(failing).rejects.toThrow(coded("TRAINING_DIVERGED"));
    expect(bytesOf(trainer.state)).toEqual(before);
  });

  test("the last step of a call, whose loss was still a number", async () => {
    const trainer = await openTrainer({ ...options([1e30]), optimizer: sgd() });
    const before = bytesOf(trainer.state);
    const failing = trainer.advance({ rows: rowsOf(0), rates: [1e30] });
    await expect(failing).rejects.toThrow(/^step 1: after it a number of "biases" is -Infinity/);
    await expect(failing).rejects.toThrow(coded("TRAINING_DIVERGED"));
    expect(trainer.step).toBe(0);
    expect(bytesOf(trainer.state)).toEqual(before);
  });

  test("a figure that is no number while the loss is one", async () => {
    const trainer = await openTrainer({
      ...options([1, 2]),
      loss: ({ parameters: { p }, rows: [{ x }] }) => ({
        loss: total(mul(p, x)),
        figures: { root: total(mul(sub(1, x), Number.POSITIVE_INFINITY)) },
      }),
    });
    const failing = trainer.advance({ rows: rowsOf(1), rates: [0.1] });
    await expect(failing).rejects.toThrow(/^step 1: root is -Infinity/);
  });
});
