/** @file train: takes a task through its epochs; saves as it goes, stops cleanly, and goes on where it was stopped. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Clipping,
  type EarlyStopping,
  earlyStopping,
  NoemaError,
  type Optimizer,
  type Schedule,
  type Tensor,
  Trainer,
} from "@noema/engine";
import { initialWeights, type Task } from "@noema/lenses";
import type { Terminal } from "../terminal/command.js";
import { exampleOrder } from "./example-order.js";
import { checkRecipe, type Recipe } from "./recipe.js";
import { logName, stateName } from "./run-folder.js";
import { type EpochFigures, readState, type SavedTraining, writeState } from "./state-file.js";
import { TrainingLog } from "./training-log.js";

export interface TrainingOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly rate: number;
  readonly schedule: Schedule;
  readonly optimizer: Optimizer;
  readonly clip: Clipping;
  /** Epochs without a better loss on what is set apart after which training stops. */
  readonly patience?: number | undefined;
  readonly seed: number;
}

export interface TrainingCall {
  readonly task: Task;
  readonly folder: string;
  readonly recipe: Recipe;
  /** N×…, by name. */
  readonly data: Readonly<Record<string, Tensor>>;
  /** Rows of the data to learn from: for every draw, that of each example. */
  readonly examples: readonly Int32Array[];
  /** Those that are only looked at; none where they are empty. */
  readonly held: readonly Int32Array[];
  readonly options: TrainingOptions;
  /** Seconds from one saving to the next. */
  readonly saveEvery: number;
  readonly threads?: number | undefined;
}

export interface Training {
  readonly weights: Readonly<Record<string, Tensor>>;
  readonly history: readonly EpochFigures[];
  readonly steps: number;
  readonly seconds: number;
  /** Whether Ctrl-C ended it before its time. */
  readonly stopped: boolean;
  /** The epoch whose weights these are, where it stopped early. */
  readonly bestEpoch?: number;
}

/** How long one run of the graph may take: as long Ctrl-C waits. */
const stretchMs = 700;

/** The most steps of one run. */
const mostSteps = 64;

/** Saving may take this share of the time. */
const largestShare = 0.1;

/**
 * @throws NoemaError RUN_OTHER where the folder holds another training, TRAINING_DIVERGED naming the step (the last good state is
 *   kept), OUT_PATH
 */
export async function train(call: TrainingCall, terminal: Terminal): Promise<Training> {
  const { task, folder, options } = call;
  const statePath = join(folder, stateName);
  const saved = savedTraining(statePath, call, terminal);
  mkdirOrRefuse(folder);
  const trainer = await Trainer.open({
    parameters: initialWeights(task.nets, options.seed),
    data: call.data,
    batch: options.batch,
    draws: task.draws,
    loss: task.loss,
    noise: task.noise?.shapes(options.batch) ?? {},
    optimizer: options.optimizer,
    clip: options.clip,
    mostSteps,
    compile: call.threads === undefined ? {} : { threads: call.threads },
  });
  try {
    return await new Course(call, trainer, statePath, restored(trainer, saved, statePath, terminal), terminal).run();
  } finally {
    await trainer.dispose();
  }
}

function savedTraining(path: string, { folder, recipe }: TrainingCall, terminal: Terminal): SavedTraining | undefined {
  const found = readState(path);
  if (found === undefined) return undefined;
  if ("damage" in found) return tellUnusable(path, found.damage, terminal);
  checkRecipe(folder, found.recipe, recipe);
  return found;
}

/** What was saved, now that the trainer has it; undefined where it is of another network, such as of another version's. */
function restored(trainer: Trainer, saved: SavedTraining | undefined, path: string, terminal: Terminal) {
  if (saved === undefined) return undefined;
  try {
    trainer.restore(saved.state);
    return saved;
  } catch (error) {
    if (!(error instanceof NoemaError)) throw error;
    return tellUnusable(path, `it is of another network (${error.parts.where}: ${error.parts.found})`, terminal);
  }
}

function tellUnusable(path: string, found: string, terminal: Terminal): undefined {
  terminal.warn(`${path}: ${found}. It cannot be gone on with: the training begins anew.`);
}

/** One training under way. */
class Course {
  readonly #call: TrainingCall;
  readonly #trainer: Trainer;
  readonly #statePath: string;
  readonly #terminal: Terminal;
  readonly #log: TrainingLog;
  readonly #epochSteps: number;
  readonly #total: number;
  readonly #stopping: EarlyStopping | undefined;
  readonly #history: EpochFigures[];
  #sums: Record<string, number>;
  #best: SavedTraining["best"];
  #secondsBefore: number;
  #startMs = performance.now();
  #savedMs = performance.now();
  #waitMs: number;
  #savedStep = -1;

  constructor(
    call: TrainingCall,
    trainer: Trainer,
    statePath: string,
    saved: SavedTraining | undefined,
    terminal: Terminal,
  ) {
    this.#call = call;
    this.#trainer = trainer;
    this.#statePath = statePath;
    this.#terminal = terminal;
    this.#epochSteps = Math.ceil(call.examples[0].length / call.options.batch);
    this.#total = call.options.epochs * this.#epochSteps;
    this.#waitMs = 1000 * call.saveEvery;
    this.#history = [...(saved?.history ?? [])];
    this.#sums = { ...saved?.sums };
    this.#best = saved?.best;
    this.#secondsBefore = saved?.seconds ?? 0;
    if (call.options.patience !== undefined) this.#stopping = earlyStopping({ patience: call.options.patience });
    if (saved !== undefined) {
      this.#savedStep = saved.state.step;
      if (saved.state.step > 0) terminal.warn(`Going on after step ${saved.state.step}; --restart would begin anew.`);
    }
    const logPath = join(call.folder, logName);
    this.#log = new TrainingLog(logPath, saved?.logBytes ?? 0);
    if (this.#log.isCutShort) terminal.warn(`${logPath}: steps before step ${this.#trainer.step} are missing in it.`);
  }

  async run(): Promise<Training> {
    const progress = this.#terminal.progress(this.#total, "steps", this.#trainer.step);
    try {
      // So that another training in this folder is refused from now on, and a disk that is too small is known at once.
      if (this.#savedStep < 0) await this.#save();
      await this.#steps(progress.update).catch((error) => this.#keepLastGood(error));
      if (this.#savedStep !== this.#trainer.step) await this.#save();
    } finally {
      progress.stop();
      this.#log.close();
    }
    return {
      weights: this.#best?.weights ?? this.#trainer.parameters(),
      history: this.#history,
      steps: this.#trainer.step,
      seconds: this.#seconds(),
      stopped: !this.#isOver(),
      ...(this.#best && { bestEpoch: this.#best.epoch }),
    };
  }

  async #steps(show: (done: number, note?: string) => void): Promise<void> {
    const { options, examples } = this.#call;
    const { batch } = options;
    const count = examples[0].length;
    let order: { readonly epoch: number; readonly of: Int32Array } | undefined;
    let at = 1;
    while (!this.#isOver() && !this.#terminal.signal.aborted) {
      const { step } = this.#trainer;
      const epoch = Math.floor(step / this.#epochSteps);
      if (this.#history.length < epoch) {
        await this.#endEpoch(epoch);
        continue;
      }
      const within = step - epoch * this.#epochSteps;
      if (order?.epoch !== epoch) order = { epoch, of: exampleOrder(count, options.seed, epoch) };
      const steps = Math.min(at, mostSteps, this.#epochSteps - within);
      const places = Int32Array.from({ length: steps * batch }, (_, i) => order!.of[(within * batch + i) % count]);
      const rates = Float64Array.from(
        { length: steps },
        (_, i) => options.rate * options.schedule(step + i, this.#total),
      );
      const beginMs = performance.now();
      const figures = await this.#trainer.advance({
        rows: examples.map((rows) => places.map((i) => rows[i])),
        rates,
        noise: this.#noise(step, steps),
      });
      const tookMs = performance.now() - beginMs;
      at = Math.max(1, Math.min(2 * at, Math.floor((stretchMs * steps) / tookMs)));
      this.#note(figures, step, epoch, rates);
      show(this.#trainer.step, inWords(figures, steps, (1000 * steps * batch * this.#call.task.draws) / tookMs));
      if (performance.now() - this.#savedMs >= this.#waitMs) await this.#save();
      await untilSignalsAreHeard();
    }
  }

  /** What the loss sees beside the rows, in the steps from one on. */
  #noise(from: number, steps: number): Record<string, Float32Array> {
    const { task, options } = this.#call;
    if (task.noise === undefined) return {};
    const whole: Record<string, Float32Array> = {};
    for (let i = 0; i < steps; i++) {
      for (const [name, values] of Object.entries(task.noise.at(from + i, options))) {
        whole[name] ??= new Float32Array(steps * values.length);
        whole[name].set(values, i * values.length);
      }
    }
    return whole;
  }

  /** All steps are done and the last epoch is looked at; or there is no hope of a better one. */
  #isOver(): boolean {
    return this.#history.length === this.#call.options.epochs || this.#hasEnough();
  }

  /** What a training that diverged has come to: it would do so again, so that only other options help. */
  async #keepLastGood(error: unknown): Promise<never> {
    if (!(error instanceof NoemaError) || error.code !== "TRAINING_DIVERGED") throw error;
    if (this.#savedStep !== this.#trainer.step) await this.#save();
    throw new NoemaError(error.code, {
      ...error.parts,
      remedy: `${error.parts.remedy} ${this.#statePath} holds what was good, step ${this.#trainer.step}; other options need --restart or another --out.`,
      cause: error,
    });
  }

  #note(figures: Readonly<Record<string, Float32Array>>, step: number, epoch: number, rates: Float64Array): void {
    for (let i = 0; i < rates.length; i++) {
      const line: Record<string, number> = { step: step + i + 1, epoch: epoch + 1, rate: rates[i] };
      for (const [name, values] of Object.entries(figures)) {
        line[name] = Number(values[i].toPrecision(7));
        this.#sums[name] = (this.#sums[name] ?? 0) + values[i];
      }
      this.#log.add(line);
    }
  }

  /** After Ctrl-C it is as if it had not begun. */
  async #endEpoch(epoch: number): Promise<void> {
    const { held } = this.#call;
    const training = Object.fromEntries(
      Object.entries(this.#sums).map(([name, sum]) => [name, sum / this.#epochSteps]),
    );
    const apart = await this.#heldFigures(held);
    if (apart === undefined) return;
    this.#history.push({ epoch, step: this.#trainer.step, training, held: apart });
    this.#sums = {};
    // What was saved so far knows nothing of this end.
    this.#savedStep = -1;
    if (this.#stopping === undefined) return;
    const loss = apart.loss ?? training.loss;
    if (this.#best === undefined || loss < this.#best.loss) {
      this.#best = { epoch, loss, weights: this.#trainer.parameters() };
    }
  }

  /** Means over the pictures set apart; undefined after Ctrl-C. One batch at a time, so that Ctrl-C is heard. */
  async #heldFigures(held: readonly Int32Array[]): Promise<Record<string, number> | undefined> {
    const count = held[0]?.length ?? 0;
    const { batch } = this.#call.options;
    const batches = Math.ceil(count / batch);
    const still = this.#call.task.noise?.still(batch);
    const sums: Record<string, number> = {};
    for (let b = 0; b < batches; b++) {
      const rows = held.map((each) => Int32Array.from({ length: batch }, (_, i) => each[(b * batch + i) % count]));
      for (const [name, value] of Object.entries(await this.#trainer.evaluate(rows, still))) {
        sums[name] = (sums[name] ?? 0) + value / batches;
      }
      await untilSignalsAreHeard();
      if (this.#terminal.signal.aborted) return undefined;
    }
    const wrong = Object.entries(sums).find(([, value]) => !Number.isFinite(value));
    if (wrong === undefined) return sums;
    throw new NoemaError("TRAINING_DIVERGED", {
      where: `step ${this.#trainer.step}`,
      found: `${wrong[0]} of the pictures set apart is ${wrong[1]}`,
      needed: "a number is needed",
      remedy: "Take a smaller learning rate, or clip the gradient.",
    });
  }

  /** Whether no epoch of late was better than the best. */
  #hasEnough(): boolean {
    if (this.#stopping === undefined) return false;
    const losses = this.#history.map(({ held, training }) => held.loss ?? training.loss);
    const { start, look, isOver } = this.#stopping;
    return isOver(losses.reduce((state, loss) => look(state, loss), start));
  }

  #seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#startMs) / 1000;
  }

  async #save(): Promise<void> {
    const startMs = performance.now();
    const logBytes = this.#log.flush();
    const seconds = this.#seconds();
    await writeState(this.#statePath, {
      recipe: this.#call.recipe,
      state: this.#trainer.state,
      history: this.#history,
      sums: this.#sums,
      logBytes,
      seconds,
      ...(this.#best && { best: this.#best }),
    });
    this.#savedStep = this.#trainer.step;
    this.#savedMs = performance.now();
    this.#waitMs = Math.max(1000 * this.#call.saveEvery, (this.#savedMs - startMs) / largestShare);
  }
}

/** Ctrl-C is heard between two runs of the graph. */
const untilSignalsAreHeard = () => new Promise((resolve) => setImmediate(resolve));

function inWords(figures: Readonly<Record<string, Float32Array>>, steps: number, perSecond: number): string {
  const mean = (name: string) => figures[name].reduce((a, b) => a + b, 0) / steps;
  const parts = [`loss ${mean("loss").toPrecision(4)}`];
  if (figures.accuracy !== undefined) parts.push(`accuracy ${(100 * mean("accuracy")).toFixed(1)} %`);
  return [...parts, `${Math.round(perSecond)} pictures/s`].join(", ");
}

function mkdirOrRefuse(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new NoemaError("OUT_PATH", {
      where: `--out "${folder}"`,
      found: `the folder cannot be made: ${(cause as Error).message}`,
      cause,
    });
  }
}
