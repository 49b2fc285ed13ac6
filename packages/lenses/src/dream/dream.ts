/** @file Dream: pictures that ascend an objective of a network, step by step (Lucid's render_vis, optvis/render.py). */
import {
  adamRate,
  type CompileOptions,
  compile,
  type Feed,
  type Model,
  NoemaError,
  type Program,
  seededRandom,
} from "@noema/engine";
import { type PictureSize, type Preprocessing, pictureSize } from "../preprocessing.js";
import { drawTransforms } from "./apply-transforms.js";
import { colours, imagenetColours } from "./colours.js";
import { fourier } from "./images/fourier.js";
import type { Image } from "./images/image.js";
import type { Objective } from "./objectives/objective.js";
import type { Override } from "./overrides/override.js";
import { redirectedRelu } from "./overrides/redirected-relu.js";
import type { Materials } from "./stage.js";
import { type StepGraph, stepGraph } from "./step-graph.js";
import { lucidTransforms } from "./transforms/lucid.js";
import type { Transform } from "./transforms/transform.js";

export interface DreamOptions extends Materials {
  /** The network, opened for as many pictures, and of such a size, as are wanted. */
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly objective: Objective;
  /** Where each picture starts, one per picture; one number: the first picture's, and the others count on from it. */
  readonly seed: number | readonly number[];
  /** Name of the model's input that takes the pictures; needed only where it has several. */
  readonly input?: string;
  /** Default: Lucid's Fourier image. */
  readonly image?: (size: PictureSize) => Image;
  /** Pictures to start from in place of random ones: N×C×H×W, 0 … 1 (accentuation). */
  readonly start?: Float32Array;
  /** A square root of the colours' covariance, one row per channel. Default: ImageNet's for three channels. */
  readonly colours?: readonly (readonly number[])[];
  /** Default: Lucid's. */
  readonly transforms?: readonly Transform[];
  /** Default: redirected ReLU. */
  readonly overrides?: readonly Override[];
  /** How many steps are planned: what changes on the way, changes by the share of them. Default 512 (Lucid). */
  readonly steps?: number;
  /** Adam's learning rate. Default: the image's, else 0.05 (Lucid). */
  readonly rate?: number;
  /** Goes on from where another dream of the same options was. */
  readonly state?: DreamState;
  readonly compile?: CompileOptions;
}

/** Everything that a dream carries from step to step; arrays of the image's shape. */
export interface DreamState {
  /** How many steps have been taken. */
  readonly step: number;
  readonly parameters: Float32Array;
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** What a step tells. */
export interface DreamStep {
  /** How many steps have been taken, this one included. */
  readonly step: number;
  /** The objective of each picture, through this step's transforms, before the step changed it. */
  readonly objective: Float32Array;
}

/** How many steps Lucid takes (optvis/render.py). */
export const defaultSteps = 512;

/** Lucid's (optvis/render.py). */
const defaultRate = 0.05;

/** Streams of the seed beyond those of the steps: what `score` draws was never drawn in a step. */
const scoreStream = 2 ** 20;

/** Pictures being dreamt. Dispose it when done. */
export class Dream {
  readonly size: PictureSize;
  /** Of `pictures`: those of `size`, and one more where they are transparent. */
  readonly channels: number;
  readonly #options: DreamOptions;
  readonly #seed: number;
  readonly #transforms: readonly Transform[];
  readonly #overrides: readonly Override[];
  readonly #rate: number;
  readonly #graph: StepGraph;
  readonly #ascend: Program;
  readonly #paint: Program;
  #unblock: Program | undefined;
  #score: Program | undefined;
  #state: DreamState;

  private constructor(parts: {
    options: DreamOptions;
    size: PictureSize;
    seed: number;
    overrides: readonly Override[];
    transforms: readonly Transform[];
    transparent: boolean;
    rate: number;
    graph: StepGraph;
    ascend: Program;
    paint: Program;
    state: DreamState;
  }) {
    this.size = parts.size;
    this.channels = parts.size.channels + (parts.transparent ? 1 : 0);
    this.#options = parts.options;
    this.#seed = parts.seed;
    this.#overrides = parts.overrides;
    this.#transforms = parts.transforms;
    this.#rate = parts.rate;
    this.#graph = parts.graph;
    this.#ascend = parts.ascend;
    this.#paint = parts.paint;
    this.#state = parts.state;
  }

  /**
   * Builds and compiles the step: parameters to picture to network to objective, the gradient and Adam's update.
   *
   * @throws NoemaError what the objective, the preprocessing or the network's gradient refuses; SEED_COUNT, IMAGE_NO_FIT,
   *   START_SIZE, STATE_SHAPE
   */
  static async open(options: DreamOptions): Promise<Dream> {
    const { model, preprocessing, objective } = options;
    const input = model.input(options.input);
    const size = pictureSize(input, preprocessing);
    const seeds = seedsOf(options.seed, size.batch);
    const image = (options.image ?? fourier.create)(size);
    const transforms = options.transforms ?? lucidTransforms;
    const overrides = options.overrides ?? [redirectedRelu];
    const palette = colours(size.channels, options.colours ?? (size.channels === 3 ? imagenetColours : undefined));
    const { photographs, vectors } = options;
    const graph = stepGraph({
      ...{ model, input, preprocessing, objective, image, size, transforms, overrides },
      colours: palette,
      materials: { ...(photographs && { photographs }), ...(vectors && { vectors }) },
    });
    const state = options.state === undefined ? begin() : checked(options.state, image);
    const ascend = await compile(graph.step, options.compile);
    const paint = await compile(graph.picture, options.compile);
    const transparent = image.transparent === true;
    return new Dream({
      options,
      size,
      seed: seeds[0],
      overrides,
      transforms,
      transparent,
      rate: options.rate ?? image.rate ?? defaultRate,
      graph,
      ascend,
      paint,
      state,
    });

    function begin(): DreamState {
      const parameters =
        options.start === undefined
          ? image.initial(seeds.map((seed) => seededRandom(seed)))
          : fitted(image, palette.values(sized(options.start, size), size));
      const zeros = () => new Float32Array(parameters.length);
      return { step: 0, parameters, mean: zeros(), variance: zeros() };
    }
  }

  /** How many steps have been taken. */
  get step(): number {
    return this.#state.step;
  }

  /** To go on from later. The arrays are never written to again. */
  get state(): DreamState {
    return this.#state;
  }

  /**
   * Takes one step.
   *
   * @throws NoemaError DREAM_DIVERGED where the objective or the picture is no longer a number; the pictures stay those
   *   of the step before
   */
  async advance(): Promise<DreamStep> {
    const { parameters, mean, variance } = this.#state;
    const step = this.#state.step + 1;
    const feeds = {
      ...{ parameters, mean, variance },
      rate: [adamRate(step, this.#rate)],
      ...this.#drawn(step),
      ...this.#graph.given,
    };
    let result = await this.#ascend.run(feeds);
    const reach = result.reach.data as Float32Array;
    if (reach.includes(0) && this.#redirects(step)) {
      this.#unblock ??= await compile(this.#graph.unblocked!, this.#options.compile);
      result = await this.#unblock.run({ ...feeds, blocked: reach.map((v) => (v === 0 ? 1 : 0)) });
    }
    const objective = result.objective.data as Float32Array;
    const next = ["nextParameters", "nextMean", "nextVariance"].map((name) => result[name].data as Float32Array);
    this.#refuseDivergence(step, objective, reach, next[0]);
    this.#state = { step, parameters: next[0], mean: next[1], variance: next[2] };
    return { step, objective };
  }

  /**
   * The objective of each picture, averaged over transforms that no step has drawn.
   *
   * @param views how many draws of the transforms
   */
  async score(views: number): Promise<Float32Array> {
    this.#score ??= await compile(this.#graph.score, this.#options.compile);
    const mean = new Float32Array(this.size.batch);
    for (let view = 0; view < views; view++) {
      const drawn = this.#drawn(scoreStream + view);
      const feeds = { parameters: this.#state.parameters, ...drawn, ...this.#graph.given };
      const { objective } = await this.#score.run(feeds);
      (objective.data as Float32Array).forEach((v, i) => {
        mean[i] += v / views;
      });
    }
    return mean;
  }

  /** The pictures as they are now: N×C×H×W, 0 … 1. Transparent ones have a channel more: how opaque they are. */
  async pictures(): Promise<Float32Array> {
    const { pictures } = await this.#paint.run({ parameters: this.#state.parameters });
    return pictures.data as Float32Array;
  }

  /** Releases the programs. Safe to call twice. */
  async dispose(): Promise<void> {
    for (const program of [this.#ascend, this.#paint, this.#unblock, this.#score]) await program?.dispose();
  }

  #drawn(stream: number): Record<string, Feed> {
    const random = seededRandom(this.#seed, stream);
    const progress = Math.min(1, stream / (this.#options.steps ?? defaultSteps));
    const drawn = drawTransforms(this.#transforms, random, { size: this.size, progress });
    return { ...drawn, ...this.#graph.backdrop?.draw(random) };
  }

  #redirects(step: number): boolean {
    if (this.#graph.unblocked === null) return false;
    return this.#overrides.some(({ when, steps }) => when === "blocked" && step <= (steps ?? Number.POSITIVE_INFINITY));
  }

  #refuseDivergence(step: number, objective: Float32Array, reach: Float32Array, parameters: Float32Array): void {
    if ([objective, reach, parameters].every(isFiniteThroughout)) return;
    const isBad = (v: number) => !Number.isFinite(v);
    const picture = [...objective.keys()].find((i) => isBad(objective[i]) || isBad(reach[i])) ?? 0;
    throw new NoemaError("DREAM_DIVERGED", {
      where: `step ${step}, objective ${this.#options.objective.text}${objective.length > 1 ? `, picture ${picture}` : ""}`,
      found: objective.some(isBad) ? `the objective is ${objective[picture]}` : "the gradient is not a number any more",
      remedy: "Try a smaller rate, or another layer.",
    });
  }
}

/** A sum, since it takes a fifth of the time of a call for each element. */
function isFiniteThroughout(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return Number.isFinite(sum);
}

function seedsOf(seed: number | readonly number[], batch: number): readonly number[] {
  if (typeof seed === "number") return Array.from({ length: batch }, (_, i) => seed + i);
  if (seed.length === batch) return seed;
  throw new NoemaError("SEED_COUNT", {
    where: "seed",
    found: `${seed.length} seeds`,
    needed: `one for each of the ${batch} pictures`,
  });
}

function sized(pictures: Float32Array, { batch, channels, height, width }: PictureSize): Float32Array {
  const count = batch * channels * height * width;
  if (pictures.length === count && pictures.every(Number.isFinite)) return pictures;
  throw new NoemaError("START_SIZE", {
    where: "the pictures to start from",
    found: pictures.length === count ? "some of them are not numbers" : `${pictures.length} numbers`,
    needed: `${batch}×${channels}×${height}×${width} numbers from 0 to 1`,
  });
}

function fitted(image: Image, values: Float32Array): Float32Array {
  if (image.fit !== undefined) return image.fit(values);
  throw new NoemaError("IMAGE_NO_FIT", {
    where: "the image",
    found: "this kind of image cannot start from a photograph",
    remedy: "Use another: fourier, pixels, laplacian, shared and maco can.",
  });
}

function checked(state: DreamState, image: Image): DreamState {
  const count = image.shape.reduce((a, b) => a * b, 1);
  const arrays = [state.parameters, state.mean, state.variance];
  if (arrays.every((array) => array.length === count && array.every(Number.isFinite))) return state;
  throw new NoemaError("STATE_SHAPE", {
    where: "the state to go on from",
    found: `${state.parameters.length} parameters`,
    needed: `${count} finite ones: it must be of a dream with the same options`,
  });
}
