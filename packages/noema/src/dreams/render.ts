/** @file render: many pictures of one model, batch after batch, each handed over as soon as it is finished. */
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import {
  Dream,
  type DreamOptions,
  type DreamState,
  defaultSteps,
  each,
  type Objective,
  parseObjective,
} from "@noema/lenses";
import type { PictureModel } from "../models/open-for-pictures.js";
import { type Pixels, pixelsOf } from "../pictures/png.js";
import { type Job, kindOf, planBatches, triesOf } from "./job.js";

/** How pictures are dreamt, beyond what they are of: what is left out is as Dream has it. */
export type Manner = Pick<
  DreamOptions,
  "image" | "colours" | "transforms" | "overrides" | "rate" | "photographs" | "vectors" | "compile"
>;

export interface RenderOptions extends Manner {
  /** The model, opened for a batch of so many pictures of the wanted size. */
  readonly open: (batch: number) => Promise<PictureModel>;
  readonly jobs: readonly Job[];
  /**
   * How many pictures are dreamt together, at most. Default 1: then no picture depends on what else is asked for. On two
   * processor cores, four together take 6 to 14 % less time each (googlenet to inception_4c/output, 128 pixels), and at 224
   * pixels no less.
   */
  readonly batch?: number;
  /** The best of so many pictures of other seeds is taken, by its score. Default 1. */
  readonly tries?: number;
  /** A picture that all start from: C×H×W, 0 … 1. */
  readonly start?: Float32Array;
  /** How many steps are planned. Default 512 (Lucid). */
  readonly steps?: number;
  /** After how many of them it ends. Default: all. */
  readonly until?: number;
  /** Steps after which the pictures are kept as they are then; 0 is before the first. */
  readonly keep?: Iterable<number>;
  /** Aborted: what is there so far is handed over, and it ends. */
  readonly signal?: AbortSignal;
  /** Told after every step. */
  readonly onStep?: (told: RenderStep) => void;
  /** Where what is done is kept, to go on from after an interruption. */
  readonly store?: RenderStore;
}

interface RenderStep {
  /** Steps of batches, taken and in all. */
  readonly taken: number;
  readonly total: number;
  /** The objective of the batch's first picture, and its value. */
  readonly objective: string;
  readonly value: number;
}

/** A picture as it was after so many steps. */
export interface View {
  readonly step: number;
  readonly pixels: Pixels;
}

/** What came of one picture of a batch. */
export interface Outcome {
  /** The pictures that it was dreamt with, itself among them. */
  readonly batch: readonly Job[];
  /** Which of them it is. */
  readonly place: number;
  /** Those to be kept and, at the end, the last. */
  readonly views: readonly View[];
  /** Its objective at the last step. NaN where none was taken. */
  readonly objective: number;
  /** The objective through transforms that no step has drawn; only where there are several tries. */
  readonly score?: number;
  /** Why it ended early: it diverged, and the last view is the last good one. */
  readonly failure?: NoemaError;
}

export interface Rendered extends Outcome {
  /** Which of the jobs. */
  readonly job: number;
  /** False where it was interrupted. */
  readonly finished: boolean;
}

/** A batch on its way. */
export interface Unfinished {
  readonly state: DreamState;
  /** Objectives at the last step. */
  readonly objectives: readonly number[];
  /** For each of its pictures. */
  readonly views: readonly (readonly View[])[];
}

export interface RenderStore {
  /** What came of a batch before. */
  outcomes(batch: string): readonly Outcome[] | undefined;
  /** How far a batch was. */
  unfinished(batch: string): Unfinished | undefined;
  /** A batch is done. */
  finish(batch: string, outcomes: readonly Outcome[]): Promise<void>;
  /** A batch has taken a step: whoever keeps it decides whether now, unless it `must`. */
  advance(batch: string, state: () => Unfinished, must: boolean): Promise<void>;
  /** It ends before all is done: whatever was told so far is to be kept. */
  flush(): Promise<void>;
}

/** How many fresh draws of the transforms tries are compared through. */
const scoreViews = 16;

/**
 * Dreams all of them. A picture that diverges ends with its failure, the others go on. After an interruption, what was
 * begun comes with `finished: false`.
 *
 * @throws NoemaError what objectives, the model and Dream refuse
 */
export async function* render(options: RenderOptions): AsyncGenerator<Rendered> {
  const { jobs, tries = 1, signal } = options;
  const tried = jobs.flatMap((job) => triesOf(job, tries));
  const plan = planBatches(tried, options.batch ?? 1);
  const studio = new Studio(options, plan.length);
  const outcomes = new Map<number, Outcome>();
  let complete = false;
  try {
    for (const [i, places] of plan.entries()) {
      const done = await studio.batch(
        `${i}`,
        places.map((place) => tried[place]),
      );
      done.outcomes.forEach((outcome, k) => {
        outcomes.set(places[k], outcome);
      });
      for (const job of new Set(places.map((place) => Math.floor(place / tries)))) {
        const own = Array.from({ length: tries }, (_, k) => outcomes.get(job * tries + k)).filter(
          (one) => one !== undefined,
        );
        const finished = done.finished && own.length === tries;
        if (finished || (!done.finished && own.length > 0)) yield { ...best(own), job, finished };
        if (finished) for (let k = 0; k < tries; k++) outcomes.delete(job * tries + k);
      }
      complete = done.finished && i === plan.length - 1;
      if (!done.finished || signal?.aborted) return;
    }
  } finally {
    if (!complete) await options.store?.flush();
    await studio.close();
  }
}

/** Of those that did not fail, the one of the highest score. */
function best(outcomes: readonly Outcome[]): Outcome {
  const rank = ({ failure, score }: Outcome) => (failure ? Number.NEGATIVE_INFINITY : (score ?? 0));
  return outcomes.reduce((first, second) => (rank(second) > rank(first) ? second : first));
}

interface BatchDone {
  readonly outcomes: readonly Outcome[];
  readonly finished: boolean;
}

/** Dreams batch after batch, and counts the steps. */
class Studio {
  readonly #options: RenderOptions;
  readonly #steps: number;
  readonly #models = new Map<number, Promise<PictureModel>>();
  #total: number;
  #taken = 0;
  /** The last dream, not disposed before the next is open: of equal programs, one is compiled. */
  #open: { readonly dream: Dream; readonly program: string } | undefined;

  constructor(options: RenderOptions, batches: number) {
    this.#options = options;
    this.#steps = options.until ?? options.steps ?? defaultSteps;
    this.#total = batches * this.#steps;
  }

  async batch(id: string, jobs: readonly Job[]): Promise<BatchDone> {
    const { store, signal } = this.#options;
    const before = store?.outcomes(id);
    if (before !== undefined) {
      this.#total -= this.#steps;
      return { outcomes: before, finished: true };
    }
    if (signal?.aborted) return { outcomes: [], finished: false };
    const done = await this.#ascend(id, jobs);
    if (!done.finished) return done;
    const diverged = done.outcomes.some(({ failure }) => failure !== undefined);
    const outcomes = diverged && jobs.length > 1 ? await this.#apart(id, jobs) : done;
    if (outcomes.finished) await store?.finish(id, outcomes.outcomes);
    return outcomes;
  }

  /** One picture that diverges takes its batch with it: each begins anew by itself. */
  async #apart(id: string, jobs: readonly Job[]): Promise<BatchDone> {
    this.#total += jobs.length * this.#steps;
    const outcomes: Outcome[] = [];
    for (const [i, job] of jobs.entries()) {
      const done = await this.batch(`${id}.${i}`, [job]);
      outcomes.push(...done.outcomes);
      if (!done.finished) return { outcomes, finished: false };
    }
    return { outcomes, finished: true };
  }

  async #ascend(id: string, jobs: readonly Job[]): Promise<BatchDone> {
    const { store, signal, onStep, tries = 1 } = this.#options;
    const from = store?.unfinished(id);
    const dream = await this.#dream(jobs, from?.state);
    const keep = new Set(this.#options.keep);
    const views = jobs.map((_, i) => [...(from?.views[i] ?? [])]);
    let objectives: readonly number[] = from?.objectives ?? jobs.map(() => Number.NaN);
    const look = async () => {
      const pictures = await dream.pictures();
      const transparent = dream.channels > dream.size.channels;
      views.forEach((own, i) => {
        const pixels = pixelsOf(pictures, dream.size, i, transparent);
        if (own.at(-1)?.step !== dream.step) own.push({ step: dream.step, pixels });
      });
    };
    const now = (): Unfinished => ({ state: dream.state, objectives, views: views.map((own) => [...own]) });
    const outcomesSo = (more: (i: number) => Partial<Outcome>): Outcome[] =>
      jobs.map((_, place) => ({
        batch: jobs,
        place,
        views: views[place],
        objective: objectives[place],
        ...more(place),
      }));
    this.#total -= dream.step;
    try {
      for (;;) {
        if (keep.has(dream.step)) await look();
        if (dream.step >= this.#steps) break;
        if (signal?.aborted) {
          await store?.advance(id, now, true);
          if (dream.step > 0) await look();
          return { outcomes: dream.step > 0 ? outcomesSo(() => ({})) : [], finished: false };
        }
        await store?.advance(id, now, false);
        objectives = [...(await dream.advance()).objective];
        this.#taken++;
        const told = { taken: this.#taken, total: this.#total, objective: jobs[0].objective, value: objectives[0] };
        onStep?.(told);
        // A step occupies the thread: without this, Ctrl-C would never be seen.
        await setImmediate();
      }
    } catch (error) {
      if (!(error instanceof NoemaError) || error.code !== "DREAM_DIVERGED") throw error;
      this.#total -= this.#steps - dream.step;
      if (dream.step > 0) await look();
      return { outcomes: outcomesSo(() => ({ failure: error })), finished: true };
    }
    await look();
    const scores = tries > 1 ? await dream.score(scoreViews) : undefined;
    return { outcomes: outcomesSo((i) => (scores === undefined ? {} : { score: scores[i] })), finished: true };
  }

  async #dream(jobs: readonly Job[], state: DreamState | undefined): Promise<Dream> {
    const { open, start, jobs: _, batch: __, tries, until, keep, signal, onStep, store, ...manner } = this.#options;
    const program = `${jobs.length} ${kindOf(jobs[0].objective)}`;
    if (this.#open !== undefined && this.#open.program !== program) await this.close();
    const pictures = this.#models.get(jobs.length) ?? open(jobs.length);
    this.#models.set(jobs.length, pictures);
    const { model, input, preprocessing } = await pictures;
    const dream = await Dream.open({
      ...manner,
      ...{ model, input, preprocessing },
      objective: objectiveOf(jobs),
      seed: jobs.map(({ seed }) => seed),
      ...(start && { start: repeated(start, jobs.length) }),
      ...(state && { state }),
    });
    await this.#open?.dream.dispose();
    this.#open = { dream, program };
    return dream;
  }

  async close(): Promise<void> {
    await this.#open?.dream.dispose();
    this.#open = undefined;
  }
}

/** One objective for all of them, or one for each. */
function objectiveOf(jobs: readonly Job[]): Objective {
  const texts = jobs.map(({ objective }) => objective);
  if (new Set(texts).size === 1) return parseObjective(texts[0]);
  return each(texts.map((text) => parseObjective(text)));
}

function repeated(picture: Float32Array, count: number): Float32Array {
  const all = new Float32Array(count * picture.length);
  for (let i = 0; i < count; i++) all.set(picture, i * picture.length);
  return all;
}
