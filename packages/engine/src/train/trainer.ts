/** @file Trainer: weights that follow a loss over minibatches, many steps in one run of ONNX Runtime. */
import { NoemaError } from "../graph/error.js";
import { sizeOf, Tensor } from "../graph/tensor.js";
import { type CompileOptions, compile } from "../runtime/compile.js";
import type { Program } from "../runtime/program.js";
import { checkEvaluation, checkOptions, checkState, checkStretch } from "./check-training.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import {
  type Clipping,
  evaluationGraph,
  type LossFunction,
  normName,
  type TrainingGraph,
  type TrainingGraphOptions,
  trainingGraph,
} from "./step-graph.js";

export interface TrainerOptions {
  /** Where the weights start, by name; float32. */
  readonly parameters: Readonly<Record<string, Tensor>>;
  /** The data, by name: N×…, of any type, the same N rows in each. They are used as they are, without copying. */
  readonly data: Readonly<Record<string, Tensor>>;
  /** Examples of a step. */
  readonly batch: number;
  /** Rows that one example has: 2 for pairs. Default 1. */
  readonly draws?: number;
  /** Shapes of what is drawn for a step beside the rows, by name: the noise of a variational autoencoder. */
  readonly noise?: Readonly<Record<string, readonly number[]>>;
  /** The loss of one step, as a graph. Built once. */
  readonly loss: LossFunction;
  readonly optimizer: Optimizer;
  readonly clip?: Clipping;
  /** The most steps that one call of `advance` takes. Default 50. */
  readonly mostSteps?: number;
  readonly compile?: CompileOptions;
}

/** All that training needs to go on as if it had never stopped. */
export interface TrainingState {
  /** Steps taken. */
  readonly step: number;
  /** What is carried from step to step, by the name of a parameter or of its slot. */
  readonly arrays: Readonly<Record<string, Tensor>>;
}

/** What some steps are made with. */
export interface Stretch {
  /** For every draw the rows of each step: steps×batch. */
  readonly rows: readonly Int32Array[];
  /** The learning rate of each step. */
  readonly rates: ArrayLike<number>;
  /** What was drawn for each step, by name: steps×…. */
  readonly noise?: Readonly<Record<string, Float32Array>>;
}

/**
 * Training as a graph: a loop inside ONNX Runtime takes steps, carries weights and optimizer without copying them, and gives
 * back the figures of each step. How many steps are taken at once does not change what comes out.
 */
export class Trainer {
  readonly #options: TrainerOptions;
  readonly #graph: TrainingGraph;
  readonly #program: Program;
  readonly #mostSteps: number;
  #evaluation: Promise<Program> | undefined;
  #state: TrainingState;

  private constructor(options: TrainerOptions, graph: TrainingGraph, program: Program, mostSteps: number) {
    this.#options = options;
    this.#graph = graph;
    this.#program = program;
    this.#mostSteps = mostSteps;
    this.#state = { step: 0, arrays: this.#initial() };
  }

  /** @throws NoemaError TRAINING_DATA, LOSS_SHAPE, NAME_TWICE, GRADIENT_UNDEFINED, GRADIENT_CLIP, and what compiling refuses */
  static async open(options: TrainerOptions): Promise<Trainer> {
    checkOptions(options);
    const { mostSteps = 50 } = options;
    const graph = trainingGraph({ ...graphOptions(options, mostSteps), optimizer: options.optimizer });
    return new Trainer(options, graph, await compile(graph.signature, options.compile), mostSteps);
  }

  /** Names of the figures that `advance` gives, the loss first. */
  get figures(): readonly string[] {
    return this.#graph.figures;
  }

  /** Steps taken so far. */
  get step(): number {
    return this.#state.step;
  }

  /** The most steps that one call of `advance` takes. */
  get mostSteps(): number {
    return this.#mostSteps;
  }

  /** What there is now. Its arrays are not written to later. */
  get state(): TrainingState {
    return this.#state;
  }

  /**
   * Goes on from another state, such as one that was saved.
   *
   * @throws NoemaError TRAINING_STATE where it is not of this network and optimizer
   */
  restore(state: TrainingState): void {
    checkState(state, this.#state.arrays);
    this.#state = { step: state.step, arrays: { ...state.arrays } };
  }

  /** The weights as they are now, by name, each of its own shape. */
  parameters(): Record<string, Tensor> {
    const found: Record<string, Tensor> = {};
    for (const { name, members } of this.#graph.carried) {
      const { data } = this.#state.arrays[name]!;
      let from = 0;
      for (const member of members) {
        const { dims, size } = this.#options.parameters[member]!;
        found[member] = Tensor.of("float32", dims, (data as Float32Array).slice(from, from + size));
        from += size;
      }
    }
    return Object.fromEntries(Object.keys(this.#options.parameters).map((name) => [name, found[name]!]));
  }

  /**
   * Takes as many steps as there are rates, at most `mostSteps`. Wait for one call to end before the next.
   *
   * @returns each figure of each step
   * @throws NoemaError TRAINING_STRETCH; TRAINING_DIVERGED where the loss, a figure or what is carried is no number any more, naming
   *   the step: the state is then that of before the call
   */
  async advance(stretch: Stretch): Promise<Record<string, Float32Array>> {
    const { batch, optimizer, noise: shapes = {} } = this.#options;
    const { rows, rates, noise = {} } = stretch;
    const steps = rates.length;
    const most = this.#mostSteps;
    checkStretch(stretch, this.#options, most);
    const width = Math.max(1, optimizer.scalarCount);
    const scalars = new Float32Array(most * width);
    for (let i = 0; i < steps; i++) scalars.set(optimizer.scalars(this.#state.step + i + 1, rates[i]!), i * width);
    const feeds: Record<string, Tensor> = {
      ...this.#options.data,
      ...this.#state.arrays,
      trips: Tensor.ofNumbers("int64", [], [steps]),
      scalars: Tensor.of("float32", [most, width], scalars),
    };
    rows.forEach((each, i) => {
      feeds[`rows/${i}`] = Tensor.of("int32", [most, batch], padded(each, new Int32Array(most * batch)));
    });
    for (const [name, shape] of Object.entries(shapes)) {
      const whole = padded(noise[name]!, new Float32Array(most * sizeOf(shape)));
      feeds[`noise/${name}`] = Tensor.of("float32", [most, ...shape], whole);
    }
    const { figures, ...next } = await this.#program.run(feeds);
    const series = columnsOf(figures!.data as Float32Array, this.figures);
    const arrays = Object.fromEntries(Object.keys(this.#state.arrays).map((name) => [name, next[`${name}/next`]!]));
    this.#refuseDivergence(series, arrays, steps);
    this.#state = { step: this.#state.step + steps, arrays };
    return series;
  }

  /**
   * The loss and the other figures over other rows, such as those set apart, without a step. Where the rows do not fill the last
   * batch, it is filled up from their beginning.
   *
   * @param rows for every draw, which rows of the data
   * @param noise drawn for one batch, by name; zeros where it is left out
   * @returns the mean of each figure over the batches
   * @throws NoemaError TRAINING_STRETCH
   */
  async evaluate(rows: readonly Int32Array[], noise: Stretch["noise"] = {}): Promise<Record<string, number>> {
    checkEvaluation(rows, noise, this.#options);
    const { batch, noise: shapes = {} } = this.#options;
    const count = rows[0]!.length;
    this.#evaluation ??= compile(
      evaluationGraph(graphOptions(this.#options, this.#mostSteps)).signature,
      this.#options.compile,
    );
    const program = await this.#evaluation;
    const names = this.figures.filter((name) => name !== normName);
    const most = this.#mostSteps;
    const sums = names.map(() => 0);
    const batches = Math.ceil(count / batch);
    const weights = this.#graph.carried.map(({ name }) => [name, this.#state.arrays[name]!] as const);
    for (let from = 0; from < batches; from += most) {
      const trips = Math.min(most, batches - from);
      const feeds: Record<string, Tensor> = {
        ...this.#options.data,
        ...Object.fromEntries(weights),
        trips: Tensor.ofNumbers("int64", [], [trips]),
      };
      rows.forEach((each, i) => {
        const own = Int32Array.from({ length: most * batch }, (_, k) => each[(from * batch + k) % count]!);
        feeds[`rows/${i}`] = Tensor.of("int32", [most, batch], own);
      });
      for (const [name, shape] of Object.entries(shapes)) {
        const whole = new Float32Array(most * sizeOf(shape));
        const one = noise[name];
        if (one !== undefined) for (let i = 0; i < most; i++) whole.set(one, i * one.length);
        feeds[`noise/${name}`] = Tensor.of("float32", [most, ...shape], whole);
      }
      const { figures } = await program.run(feeds);
      const table = figures!.data as Float32Array;
      for (let i = 0; i < trips; i++) for (const k of sums.keys()) sums[k]! += table[i * names.length + k]!;
    }
    return Object.fromEntries(names.map((name, k) => [name, sums[k]! / batches]));
  }

  async dispose(): Promise<void> {
    await this.#program.dispose();
    await (await this.#evaluation)?.dispose();
  }

  #refuseDivergence(
    series: Readonly<Record<string, Float32Array>>,
    arrays: Readonly<Record<string, Tensor>>,
    steps: number,
  ): void {
    const refuse = (step: number, found: string) =>
      new NoemaError("TRAINING_DIVERGED", {
        where: `step ${this.#state.step + step}`,
        found,
        needed: "a number is needed",
        remedy: "Take a smaller learning rate, or clip the gradient.",
      });
    for (let i = 0; i < steps; i++) {
      const name = Object.keys(series).find((figure) => !Number.isFinite(series[figure]![i]!));
      if (name !== undefined) throw refuse(i + 1, `${name} is ${series[name]![i]}`);
    }
    // The last step's figures were taken before it moved the weights.
    for (const [name, { data }] of Object.entries(arrays)) {
      if (areFinite(data as Float32Array)) continue;
      throw refuse(steps, `after it a number of "${name}" is ${data.find((value) => !Number.isFinite(value))}`);
    }
  }

  #initial(): Record<string, Tensor> {
    const arrays: Record<string, Tensor> = {};
    for (const { name, shape, members } of this.#graph.carried) {
      const data = new Float32Array(sizeOf(shape));
      let at = 0;
      for (const member of members) {
        const { data: own, size } = this.#options.parameters[member]!;
        data.set(own as Float32Array, at);
        at += size;
      }
      arrays[name] = Tensor.of("float32", shape, data);
      for (const slot of this.#options.optimizer.slots) {
        arrays[`${name}/${slot}`] = Tensor.of("float32", shape, new Float32Array(sizeOf(shape)));
      }
    }
    return arrays;
  }
}

function graphOptions(options: TrainerOptions, mostSteps: number): TrainingGraphOptions {
  const types = Object.entries(options.data).map(([name, { dims, dtype }]) => [name, { shape: dims, dtype }] as const);
  return {
    parameters: Object.fromEntries(Object.entries(options.parameters).map(([name, { dims }]) => [name, dims])),
    data: Object.fromEntries(types),
    noise: options.noise ?? {},
    batch: options.batch,
    draws: options.draws ?? 1,
    mostSteps,
    loss: options.loss,
    clip: options.clip ?? {},
  };
}

function padded<T extends Int32Array | Float32Array>(values: T, whole: T): T {
  if (values.length === whole.length) return values;
  whole.set(values);
  return whole;
}

function columnsOf(table: Float32Array, names: readonly string[]): Record<string, Float32Array> {
  const count = table.length / names.length;
  return Object.fromEntries(
    names.map((name, k) => [name, Float32Array.from({ length: count }, (_, i) => table[i * names.length + k]!)]),
  );
}

/** A sum of finite float32 stays finite in double precision; one of NaN or infinity does not. */
function areFinite(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return Number.isFinite(sum);
}
