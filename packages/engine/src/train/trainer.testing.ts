/** @file What tests of training share: trainers that are disposed together, drawn arrays, states as text to compare. */
import { reduceSum } from "../graph/builder.js";
import { sizeOf, Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import { seededRandom } from "../random.js";
import { Trainer, type TrainerOptions, type TrainingState } from "./trainer.js";

const opened: Trainer[] = [];

/** Opens a trainer on one thread, unless the options say otherwise. */
export async function openTrainer(options: TrainerOptions): Promise<Trainer> {
  const trainer = await Trainer.open({ compile: { threads: 1 }, ...options });
  opened.push(trainer);
  return trainer;
}

/** To be called after each test. */
export async function disposeTrainers(): Promise<void> {
  for (const trainer of opened.splice(0)) await trainer.dispose();
}

/** Normally distributed numbers. */
export function drawn(seed: number, dims: readonly number[], scale = 1): Tensor {
  const random = seededRandom(seed);
  const numbers = Float32Array.from({ length: sizeOf(dims) }, () => scale * random.normal());
  return Tensor.of("float32", dims, numbers);
}

/** Rows for one draw. */
export const rowsOf = (...rows: number[]): Int32Array[] => [Int32Array.from(rows)];

/** So many rows of `count`, from a seed. */
export function drawnRows(seed: number, count: number, size: number): Int32Array {
  const random = seededRandom(seed);
  return Int32Array.from({ length: size }, () => random.below(count));
}

/** Every byte of a state, to compare. */
export const bytesOf = ({ arrays }: TrainingState): Record<string, string> =>
  Object.fromEntries(Object.entries(arrays).map(([name, { bytes }]) => [name, Buffer.from(bytes).toString("hex")]));

/** Of all numbers, as a scalar. */
export const total = (x: Value): Value => reduceSum(x, undefined, { keepdims: false });
