/** @file fit: trains a small net on arrays in memory, from beginning to end. */
import {
  adamOptimizer,
  type CompileOptions,
  type LossFunction,
  type Optimizer,
  seededRandom,
  type Tensor,
  Trainer,
} from "@noema/engine";
import { permutation } from "../permutation.js";
import { initialWeights, type Net } from "./net.js";

export interface FitOptions {
  readonly nets: readonly Net[];
  /** N×…, by name. */
  readonly data: Readonly<Record<string, Tensor>>;
  readonly loss: LossFunction;
  readonly rate: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** Default: Adam. */
  readonly optimizer?: Optimizer;
  readonly compile?: CompileOptions;
}

/** Streams from here on are those of epochs. */
const firstStream = 700;

/** @returns the trained weights, by name */
export async function fit(options: FitOptions): Promise<Record<string, Tensor>> {
  const { nets, data, loss, rate, epochs, seed, compile = {} } = options;
  const count = Object.values(data)[0]?.dims[0] ?? 0;
  const batch = Math.max(1, Math.min(options.batch, count));
  const trainer = await Trainer.open({
    parameters: initialWeights(nets, seed),
    ...{ data, batch, loss, compile, optimizer: options.optimizer ?? adamOptimizer() },
  });
  try {
    const perEpoch = Math.ceil(count / batch);
    for (let epoch = 0; epoch < epochs; epoch++) {
      const order = permutation(count, seededRandom(seed, firstStream + epoch));
      for (let from = 0; from < perEpoch; from += trainer.mostSteps) {
        const steps = Math.min(trainer.mostSteps, perEpoch - from);
        const rows = Int32Array.from({ length: steps * batch }, (_, i) => order[(from * batch + i) % count]);
        await trainer.advance({ rows: [rows], rates: new Float64Array(steps).fill(rate) });
      }
    }
    return trainer.parameters();
  } finally {
    await trainer.dispose();
  }
}
