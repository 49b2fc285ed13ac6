/** @file Dream: pictures that ascend an objective of a network, step by step (Lucid's render_vis, optvis/render.py). */
import {
  adamRate,
  type CompileOptions,
  compile,
  type Model,
  NoemaError,
  type Program,
  type Tensor,
} from "@noema/engine";
import { type PictureSize, type Preprocessing, pictureSize } from "../preprocessing.js";
import type { Random } from "../random.js";
import { colours, imagenetColours } from "./colours.js";
import { fourier } from "./images/fourier.js";
import type { Image } from "./images/image.js";
import type { Objective } from "./objectives/objective.js";
import { drawnName, stepGraph } from "./step-graph.js";
import { lucidTransforms } from "./transforms/lucid.js";
import type { Transform } from "./transforms/transform.js";

export interface DreamOptions {
  /** The network, opened for as many pictures, and of such a size, as are wanted. */
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly objective: Objective;
  readonly random: Random;
  /** Name of the model's input that takes the pictures; needed only where it has several. */
  readonly input?: string;
  /** Default: Lucid's Fourier image. */
  readonly image?: (size: PictureSize) => Image;
  /** A square root of the colours' covariance, one row per channel. Default: ImageNet's for three channels. */
  readonly colours?: readonly (readonly number[])[];
  /** Default: Lucid's. */
  readonly transforms?: readonly Transform[];
  /** Adam's learning rate. Default 0.05 (Lucid). */
  readonly rate?: number;
  readonly compile?: CompileOptions;
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

/** Pictures being dreamt. Dispose it when done. */
export class Dream {
  readonly size: PictureSize;
  readonly #random: Random;
  readonly #transforms: readonly Transform[];
  readonly #rate: number;
  readonly #given: Readonly<Record<string, Tensor>>;
  readonly #ascend: Program;
  readonly #paint: Program;
  #state: { parameters: Float32Array; mean: Float32Array; variance: Float32Array };
  #step = 0;

  private constructor(parts: {
    options: DreamOptions;
    size: PictureSize;
    transforms: readonly Transform[];
    given: Readonly<Record<string, Tensor>>;
    ascend: Program;
    paint: Program;
    parameters: Float32Array;
  }) {
    const { options, parameters } = parts;
    this.size = parts.size;
    this.#random = options.random;
    this.#transforms = parts.transforms;
    this.#rate = options.rate ?? 0.05;
    this.#given = parts.given;
    this.#ascend = parts.ascend;
    this.#paint = parts.paint;
    const zeros = () => new Float32Array(parameters.length);
    this.#state = { parameters, mean: zeros(), variance: zeros() };
  }

  /**
   * Builds and compiles the step: parameters to picture to network to objective, the gradient and Adam's update.
   *
   * @throws NoemaError what the objective, the preprocessing or the network's gradient refuses
   */
  static async open(options: DreamOptions): Promise<Dream> {
    const { model, preprocessing, objective } = options;
    const input = model.input(options.input);
    const size = pictureSize(input, preprocessing);
    const image = (options.image ?? fourier.create)(size);
    const transforms = options.transforms ?? lucidTransforms;
    const palette = colours(size.channels, options.colours ?? (size.channels === 3 ? imagenetColours : undefined));
    const graph = stepGraph({
      ...{ model, input, preprocessing, objective, image, transforms },
      colours: palette,
      batch: size.batch,
    });
    const ascend = await compile(graph.step, options.compile);
    const paint = await compile(graph.picture, options.compile);
    const parameters = image.initial(options.random);
    return new Dream({ options, size, transforms, given: graph.given, ascend, paint, parameters });
  }

  /** How many steps have been taken. */
  get step(): number {
    return this.#step;
  }

  /**
   * Takes one step.
   *
   * @throws NoemaError DREAM_DIVERGED where the objective or the picture is no longer a number; the pictures stay those
   *   of the step before
   */
  async advance(): Promise<DreamStep> {
    const rate = adamRate(this.#step + 1, this.#rate);
    const drawn = Object.fromEntries(
      this.#transforms.flatMap((transform, i) =>
        Object.entries(transform.draw(this.#random, this.size)).map(([name, data]) => [drawnName(i, name), data]),
      ),
    );
    const result = await this.#ascend.run({ ...this.#state, rate: [rate], ...drawn, ...this.#given });
    const [parameters, mean, variance, objective] = ["nextParameters", "nextMean", "nextVariance", "objective"].map(
      (name) => result[name].data as Float32Array,
    );
    const step = this.#step + 1;
    if (!objective.every(Number.isFinite) || !parameters.every(Number.isFinite)) {
      throw new NoemaError("DREAM_DIVERGED", {
        where: `step ${step}`,
        found: objective.every(Number.isFinite)
          ? "the gradient is not a number any more"
          : `the objective is ${objective.find((v) => !Number.isFinite(v))}`,
        remedy: "Try a smaller rate, or another layer.",
      });
    }
    this.#state = { parameters, mean, variance };
    this.#step = step;
    return { step, objective };
  }

  /** The pictures as they are now: N×C×H×W, 0 … 1. */
  async pictures(): Promise<Float32Array> {
    const { pictures } = await this.#paint.run({ parameters: this.#state.parameters });
    return pictures.data as Float32Array;
  }

  /** Releases the programs. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.#ascend.dispose();
    await this.#paint.dispose();
  }
}
