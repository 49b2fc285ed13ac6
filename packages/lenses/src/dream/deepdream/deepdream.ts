/** @file DeepDream: a photograph changed towards an objective, octave by octave and tile by tile (Mordvintsev et al. 2015). */
import { type CompileOptions, type Model, NoemaError, seededRandom } from "@noema/engine";
import { channelCount, type Preprocessing } from "../../preprocessing.js";
import type { Objective } from "../objectives/objective.js";
import type { Materials } from "../stage.js";
import { blur } from "./blur.js";
import { defaultOctaveScale, defaultOctaves, octaveSizes } from "./octaves.js";
import { addResampled, type PlaneSize, resample } from "./resample.js";
import { TileGradient } from "./tile-gradient.js";
import { type Span, spansOf, type Tiling, tilingOf } from "./tiles.js";

/** A picture outside any batch. */
export interface Photograph extends PlaneSize {
  readonly channels: number;
  /** C×H×W, 0 … 1. */
  readonly data: Float32Array;
}

export interface DeepDreamOptions {
  /** Opens the network for one picture of a size: tiles come in few sizes, one program each. */
  readonly model: (size: PlaneSize) => Promise<Model>;
  readonly preprocessing: Preprocessing;
  readonly objective: Objective;
  readonly photograph: Photograph;
  readonly seed: number;
  /** Name of the model's input that takes the pictures; needed only where it has several. */
  readonly input?: string | undefined;
  readonly vectors?: Materials["vectors"];
  /** Default: as many as bring the shorter side to about 130 pixels. */
  readonly octaves?: number | undefined;
  /** How much larger each octave is than the one before. Default 1.4 (dream.ipynb). */
  readonly octaveScale?: number | undefined;
  /** Per octave. Default 10 (dream.ipynb). */
  readonly iterations?: number | undefined;
  /** By how much an iteration changes the picture, on average, in steps of 1/255. Default 1.5 (dream.ipynb). */
  readonly strength?: number | undefined;
  /** The farthest that the picture is rolled before an iteration, pixels. Default 32 (dream.ipynb). */
  readonly jitter?: number | undefined;
  /** By how much the gradient is blurred: the standard deviation in pixels. Default 0.7. */
  readonly smooth?: number | undefined;
  /** The longest side of what the network sees at once, pixels. Default 640; a size: exactly that one, always. */
  readonly tile?: number | PlaneSize | undefined;
  readonly compile?: CompileOptions | undefined;
}

/** What one tile more tells. */
export interface DeepDreamStep {
  /** Which octave it belongs to, from 1. */
  readonly octave: number;
  /** Which iteration of it, from 1. */
  readonly iteration: number;
  /** The mean of the objective over the iteration's tiles, before it changed the picture; null before its last tile. */
  readonly objective: number | null;
}

export const deepDreamDefaults = {
  octaveScale: defaultOctaveScale,
  iterations: 10,
  strength: 1.5,
  jitter: 32,
  smooth: 0.7,
  tile: 640,
};

/** The iteration under way. */
interface Sweep {
  readonly tiles: readonly { readonly down: Span; readonly across: Span }[];
  done: number;
  objective: number;
}

interface Octave {
  readonly size: PlaneSize;
  readonly down: Tiling;
  readonly across: Tiling;
}

/** A dream on a photograph, under way. Dispose it when done. */
export class DeepDream {
  readonly #options: DeepDreamOptions;
  readonly #octaves: readonly Octave[];
  readonly #iterations: number;
  readonly #strength: number;
  readonly #jitter: number;
  #octave = 0;
  #iteration = 0;
  /** C×H×W of the octave. */
  #values: Float32Array;
  /** Of the iteration under way: C×H×W. */
  #gradient: Float32Array;
  #sweep: Sweep | undefined;
  #network: TileGradient;
  #tile: Float32Array;
  #seen = 0;

  private constructor(options: DeepDreamOptions, octaves: readonly Octave[], network: TileGradient) {
    const { iterations, strength, jitter } = deepDreamDefaults;
    this.#options = options;
    this.#octaves = octaves;
    this.#iterations = options.iterations ?? iterations;
    this.#strength = options.strength ?? strength;
    this.#jitter = options.jitter ?? jitter;
    this.#network = network;
    this.#values = resample(options.photograph.data, options.photograph, octaves[0].size);
    this.#gradient = new Float32Array(this.#values.length);
    this.#tile = this.#emptyTile();
  }

  /**
   * Compiles the gradient for the tiles of the smallest octave.
   *
   * @throws NoemaError what the objective and the network's gradient refuse; PHOTOGRAPH_SIZE, PHOTOGRAPH_VALUES, OCTAVES,
   *   DREAM_OPTION
   */
  static async open(options: DeepDreamOptions): Promise<DeepDream> {
    checkPhotograph(options.photograph, channelCount(options.preprocessing));
    checkNumbers(options);
    const { photograph, octaveScale = deepDreamDefaults.octaveScale, tile = deepDreamDefaults.tile } = options;
    const count = options.octaves ?? defaultOctaves(photograph, octaveScale);
    const fixed = typeof tile !== "number";
    const longest = fixed ? tile : { width: tile, height: tile };
    const octaves = octaveSizes(photograph, count, octaveScale).map((size) => ({
      size,
      down: tilingOf({ length: size.height, longest: longest.height, fixed }),
      across: tilingOf({ length: size.width, longest: longest.width, fixed }),
    }));
    return new DeepDream(options, octaves, await networkFor(options, octaves[0]));
  }

  /** How many octaves there are. */
  get octaves(): number {
    return this.#octaves.length;
  }

  /** Pixels shown to the network so far, and in all. */
  get progress(): { readonly done: number; readonly total: number } {
    const total = this.#octaves.reduce((sum, o) => sum + o.down.count * o.across.count * tileArea(o), 0);
    return { done: this.#seen, total: total * this.#iterations };
  }

  get finished(): boolean {
    return this.#octave === this.#octaves.length - 1 && this.#iteration === this.#iterations;
  }

  /**
   * Shows the network one tile more. After the last one of an iteration the picture changes, all of it by one measure.
   *
   * @throws NoemaError DREAM_DIVERGED where the gradient is no longer a number; the picture stays as it was before
   */
  async advance(): Promise<DeepDreamStep> {
    if (this.#iteration === this.#iterations && !this.finished) await this.#nextOctave();
    this.#sweep ??= this.#draw();
    const sweep = this.#sweep;
    const { down, across } = sweep.tiles[sweep.done];
    this.#cutOut(down, across);
    const { gradient, objective } = await this.#network.at(this.#tile);
    this.#add(gradient, down, across);
    sweep.objective += objective / sweep.tiles.length;
    sweep.done++;
    this.#seen += down.places.length * across.places.length;
    const step = { octave: this.#octave + 1, iteration: this.#iteration + 1 };
    if (sweep.done < sweep.tiles.length) return { ...step, objective: null };
    this.#ascend(sweep.objective);
    this.#sweep = undefined;
    this.#iteration++;
    return { ...step, objective: sweep.objective };
  }

  /** The picture as the last whole iteration left it, at the photograph's size: C×H×W, 0 … 1. Not to be written to. */
  picture(): Float32Array {
    const { photograph } = this.#options;
    if (this.#octave === this.#octaves.length - 1) return this.#values;
    const picture = photograph.data.slice();
    addResampled(picture, photograph, this.#detail(), this.#octaves[this.#octave].size);
    return picture.map(clipped);
  }

  /** Releases the program. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.#network.dispose();
  }

  /** What this octave and those before have added to the photograph. */
  #detail(): Float32Array {
    const { photograph } = this.#options;
    const base = resample(photograph.data, photograph, this.#octaves[this.#octave].size);
    for (let i = 0; i < base.length; i++) base[i] = this.#values[i] - base[i];
    return base;
  }

  async #nextOctave(): Promise<void> {
    const { photograph } = this.#options;
    const [before, next] = [this.#octaves[this.#octave], this.#octaves[this.#octave + 1]];
    if (tileName(next) !== tileName(before)) {
      await this.#network.dispose();
      this.#network = await networkFor(this.#options, next);
    }
    const detail = this.#detail();
    const isLast = this.#octave + 2 === this.#octaves.length;
    const values = isLast ? photograph.data.slice() : resample(photograph.data, photograph, next.size);
    addResampled(values, next.size, detail, before.size);
    this.#values = values;
    this.#gradient = new Float32Array(values.length);
    this.#octave++;
    this.#iteration = 0;
    this.#tile = this.#emptyTile();
  }

  #emptyTile(): Float32Array {
    return new Float32Array(this.#options.photograph.channels * tileArea(this.#octaves[this.#octave]));
  }

  /** Where this iteration's tiles are: rolled by the jitter, and by whole tiles, so that they meet elsewhere every time. */
  #draw(): Sweep {
    const random = seededRandom(this.#options.seed, 1 + this.#octave * this.#iterations + this.#iteration);
    const { down, across } = this.#octaves[this.#octave];
    const roll = () => Math.round(this.#jitter * (2 * random.uniform() - 1));
    const start = ({ count, length, size }: Tiling) =>
      roll() +
      (count > 1
        ? gridStep * random.below(Math.ceil(length / gridStep))
        : gridStep * Math.round((length - size) / 2 / gridStep));
    const rows = spansOf(down, start(down));
    const columns = spansOf(across, start(across));
    this.#gradient.fill(0);
    return {
      tiles: rows.flatMap((row) => columns.map((column) => ({ down: row, across: column }))),
      done: 0,
      objective: 0,
    };
  }

  #cutOut(down: Span, across: Span): void {
    const { width, height } = this.#octaves[this.#octave].size;
    const [rows, columns] = [down.places, across.places];
    let at = 0;
    for (let c = 0; c < this.#options.photograph.channels; c++) {
      for (const row of rows) {
        const start = (c * height + row) * width;
        for (let x = 0; x < columns.length; x++) this.#tile[at++] = this.#values[start + columns[x]];
      }
    }
  }

  #add(gradient: Float32Array, down: Span, across: Span): void {
    const { width, height } = this.#octaves[this.#octave].size;
    const columns = across.places;
    let at = 0;
    for (let c = 0; c < this.#options.photograph.channels; c++) {
      for (let y = 0; y < down.places.length; y++) {
        const weight = down.weights[y];
        const start = (c * height + down.places[y]) * width;
        for (let x = 0; x < columns.length; x++, at++) {
          // Not a number times 0 would be lost where it is cut away: there nobody needs it.
          if (weight !== 0 && across.weights[x] !== 0) {
            this.#gradient[start + columns[x]] += weight * across.weights[x] * gradient[at];
          }
        }
      }
    }
  }

  /** A step along the gradient, divided by the mean of its absolute values over the whole picture. */
  #ascend(objective: number): void {
    blur(this.#gradient, this.#octaves[this.#octave].size, this.#options.smooth ?? deepDreamDefaults.smooth);
    let sum = 0;
    for (const v of this.#gradient) sum += Math.abs(v);
    const mean = sum / this.#gradient.length;
    if (!Number.isFinite(mean) || !Number.isFinite(objective)) {
      throw new NoemaError("DREAM_DIVERGED", {
        where: `octave ${this.#octave + 1} of ${this.octaves}, iteration ${this.#iteration + 1}, objective ${this.#options.objective.text}`,
        found: Number.isFinite(objective) ? "the gradient is not a number any more" : `the objective is ${objective}`,
        remedy: "Try another layer.",
      });
    }
    if (mean === 0) return;
    const rate = this.#strength / 255 / mean;
    const [values, gradient] = [this.#values, this.#gradient];
    for (let i = 0; i < values.length; i++) values[i] = clipped(values[i] + rate * gradient[i]);
  }
}

/** Tiles of all iterations start at multiples of this, apart from the jitter, so that without jitter the grid is one. */
const gridStep = 32;

const clipped = (v: number) => Math.min(1, Math.max(0, v));
const tileArea = ({ down, across }: Octave) => down.size * across.size;
const tileName = ({ down, across }: Octave) => `${across.size}x${down.size}`;

async function networkFor(options: DeepDreamOptions, { down, across }: Octave): Promise<TileGradient> {
  const { preprocessing, objective, input, vectors, compile } = options;
  const model = await options.model({ width: across.size, height: down.size });
  return TileGradient.open({ model, preprocessing, objective, input, compile, materials: vectors ? { vectors } : {} });
}

function checkPhotograph({ width, height, channels, data }: Photograph, wanted: number): void {
  if (channels !== wanted || data.length !== width * height * channels || data.length === 0) {
    throw new NoemaError("PHOTOGRAPH_SIZE", {
      where: "the photograph",
      found: `${data.length} numbers for ${channels}×${height}×${width}`,
      needed: `${wanted} channels, each of height times width numbers`,
    });
  }
  if (!data.every(Number.isFinite)) {
    throw new NoemaError("PHOTOGRAPH_VALUES", {
      where: "the photograph",
      found: "some of its values are not numbers",
      needed: "numbers from 0 to 1",
    });
  }
}

function checkNumbers({ iterations = 1, strength = 0, jitter = 0, smooth = 0, tile = 1 }: DeepDreamOptions): void {
  const sides = typeof tile === "number" ? [tile] : [tile.width, tile.height];
  const whole = (v: number) => Number.isInteger(v) && v >= 1;
  const positive = (v: number) => Number.isFinite(v) && v >= 0;
  const rules: [string, number, boolean, string][] = [
    ["iterations", iterations, whole(iterations), "a whole number from 1"],
    ["strength", strength, positive(strength), "a number from 0"],
    ["jitter", jitter, positive(jitter), "a number from 0"],
    ["smooth", smooth, positive(smooth), "a number from 0"],
    ...sides.map((side): [string, number, boolean, string] => ["tile", side, whole(side), "a whole number from 1"]),
  ];
  const wrong = rules.find(([, , right]) => !right);
  if (wrong === undefined) return;
  const [name, found, , needed] = wrong;
  throw new NoemaError("DREAM_OPTION", { where: `the option ${name}`, found: `${found}`, needed });
}
