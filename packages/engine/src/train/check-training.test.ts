/** @file What a Trainer refuses, with a code, before anything has changed. */
import { afterEach, describe, expect, test } from "vitest";
import { cast, mul, reduceSum } from "../graph/builder.js";
import { Tensor } from "../graph/tensor.js";
import "../ops/index.js";
import { adamOptimizer } from "./optimizers/adam.js";
import { sgd } from "./optimizers/sgd.js";
import type { LossFunction } from "./step-graph.js";
import { Trainer, type TrainerOptions, type TrainingState } from "./trainer.js";
import { bytesOf, disposeTrainers, drawn, openTrainer, rowsOf, total } from "./trainer.testing.js";

afterEach(disposeTrainers);

const coded = (code: string) => expect.objectContaining({ code });

describe("refuses", () => {
  const small = (): TrainerOptions => ({
    parameters: { p: drawn(1, [2]) },
    data: { x: drawn(2, [5, 2]) },
    batch: 2,
    mostSteps: 3,
    loss: ({ parameters: { p }, rows: [{ x }] }) => ({ loss: total(mul(x, p)) }),
    optimizer: adamOptimizer(),
  });

  test.each<readonly [string, Partial<TrainerOptions>]>([
    ["no data", { data: {} }],
    ["data without rows", { data: { x: drawn(1, [0, 2]) } }],
    ["data that are one number", { data: { x: drawn(1, []) } }],
    ["data of differing counts", { data: { x: drawn(1, [5, 2]), y: drawn(1, [6]) } }],
    ["a batch of 0", { batch: 0 }],
    ["half an example", { batch: 1.5 }],
    ["no draws", { draws: 0 }],
    ["no steps", { mostSteps: 0 }],
    ["no number of steps", { mostSteps: Number.NaN }],
    ["no parameters", { parameters: {} }],
    ["parameters of whole numbers", { parameters: { p: Tensor.of("int32", [2], Int32Array.of(1, 2)) } }],
  ])("%s", async (_, change) => {
    await expect(Trainer.open({ ...small(), ...change })).rejects.toThrow(coded("TRAINING_DATA"));
  });

  const withLoss = (loss: LossFunction) => Trainer.open({ ...small(), loss });

  test("a loss for each example, or a figure of whole numbers", async () => {
    const each = withLoss(({ parameters: { p }, rows: [{ x }] }) => ({ loss: reduceSum(mul(x, p), [1]) }));
    await expect(each).rejects.toThrow(coded("LOSS_SHAPE"));
    await expect(each).rejects.toThrow(/^loss: float32\[2×1\], one float32 number is needed/);
    const whole = withLoss(({ parameters: { p } }) => {
      const loss = total(p);
      return { loss, figures: { whole: cast(loss, "int32") } };
    });
    await expect(whole).rejects.toThrow(/^figure "whole": int32/);
  });

  test("one name for two things", async () => {
    const clash = Trainer.open({ ...small(), parameters: { x: drawn(1, [9000]), p: drawn(1, [2]) } });
    await expect(clash).rejects.toThrow(coded("NAME_TWICE"));
    for (const name of ["loss", "gradient-norm"]) {
      const figure = withLoss(({ parameters: { p } }) => {
        const loss = total(p);
        return { loss, figures: { [name]: loss } };
      });
      await expect(figure).rejects.toThrow(coded("NAME_TWICE"));
    }
  });

  test.each<readonly [string, Parameters<Trainer["advance"]>[0]]>([
    ["no step", { rows: [Int32Array.of()], rates: [] }],
    ["more steps than one run takes", { rows: rowsOf(0, 0, 0, 0, 0, 0, 0, 0), rates: [1, 1, 1, 1] }],
    ["fewer rows than its steps see", { rows: rowsOf(0, 1, 2), rates: [1, 1] }],
    ["rows for no draw", { rows: [], rates: [1] }],
    ["rows for two draws", { rows: [...rowsOf(0, 1), ...rowsOf(0, 1)], rates: [1] }],
    ["a row past the end", { rows: rowsOf(0, 5), rates: [1] }],
    ["a row before the beginning", { rows: rowsOf(-1, 0), rates: [1] }],
    ["a rate that is no number", { rows: rowsOf(0, 1), rates: [Number.NaN] }],
    ["noise that nobody asked for", { rows: rowsOf(0, 1), rates: [1], noise: { n: Float32Array.of(1) } }],
  ])("a stretch with %s", async (_, stretch) => {
    const trainer = await openTrainer(small());
    const before = bytesOf(trainer.state);
    await expect(trainer.advance(stretch)).rejects.toThrow(coded("TRAINING_STRETCH"));
    expect(trainer.step).toBe(0);
    expect(bytesOf(trainer.state)).toEqual(before);
  });

  test("noise that is missing or too short", async () => {
    const trainer = await openTrainer({
      ...small(),
      noise: { n: [3] },
      loss: ({ parameters: { p }, noise: { n } }) => ({ loss: mul(total(n), total(p)) }),
    });
    const stretch = { rows: rowsOf(0, 1, 2, 3), rates: [1, 1] };
    await expect(trainer.advance(stretch)).rejects.toThrow(coded("TRAINING_STRETCH"));
    const short = trainer.advance({ ...stretch, noise: { n: new Float32Array(3) } });
    await expect(short).rejects.toThrow(/noise "n": 3 numbers, 2 × 3 numbers are needed/);
    await expect(trainer.evaluate(rowsOf(0), { n: new Float32Array(6) })).rejects.toThrow(coded("TRAINING_STRETCH"));
  });

  test.each([
    ["no rows", [Int32Array.of()]],
    ["rows for no draw", []],
    ["a row past the end", rowsOf(0, 17)],
  ])("an evaluation of %s", async (_, rows) => {
    const trainer = await openTrainer(small());
    await expect(trainer.evaluate(rows)).rejects.toThrow(coded("TRAINING_STRETCH"));
  });

  test.each<readonly [string, (state: TrainingState) => TrainingState]>([
    ["without an array", ({ step, arrays: { biases: _, ...arrays } }) => ({ step, arrays })],
    ["of a network of another size", ({ step, arrays }) => ({ step, arrays: { ...arrays, biases: drawn(1, [3]) } })],
    [
      "of other numbers",
      (s) => ({ ...s, arrays: { ...s.arrays, biases: Tensor.of("int32", [2], new Int32Array(2)) } }),
    ],
    ["of an optimizer that carries more", (s) => ({ ...s, arrays: { ...s.arrays, "biases/third": drawn(1, [2]) } })],
    ["whose step is no number", ({ arrays }) => ({ step: Number.NaN, arrays })],
    ["whose step is negative", ({ arrays }) => ({ step: -1, arrays })],
  ])("a state %s", async (_, change) => {
    const trainer = await openTrainer(small());
    const before = trainer.state;
    expect(() => trainer.restore(change(before))).toThrow(coded("TRAINING_STATE"));
    expect(trainer.state).toBe(before);
  });

  test("a state of another optimizer", async () => {
    const [adam, plain] = [await openTrainer(small()), await openTrainer({ ...small(), optimizer: sgd() })];
    expect(() => plain.restore(adam.state)).toThrow(coded("TRAINING_STATE"));
    expect(() => adam.restore(plain.state)).toThrow(coded("TRAINING_STATE"));
  });
});
