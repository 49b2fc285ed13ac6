/** @file LayerLook: what one layer makes of pictures, position by position, and how strongly that excites directions. */
import {
  build,
  type CompileOptions,
  compile,
  type Model,
  NoemaError,
  input as newInput,
  type Program,
  type Tensor,
} from "@noema/engine";
import { Look } from "../../look.js";
import type { PictureSize, Preprocessing } from "../../preprocessing.js";
import { channelAxis } from "../channel-axis.js";

export interface LayerLookOptions {
  /** The network, opened for a batch of pictures of one size. */
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly layer: string;
  /** Name of the model's input that takes the pictures; needed only where it has several. */
  readonly input?: string;
  readonly compile?: CompileOptions;
}

/** A layer looked at. Dispose it when done. */
export class LayerLook {
  readonly size: PictureSize;
  readonly channels: number;
  /** How many places the layer looks at in a picture: height × width; 1 where it has none, as logits. */
  readonly positions: number;
  /** The place in the middle. */
  readonly centre: number;
  readonly #layer: string;
  readonly #look: Look;
  /** The layer's shape, and its axes in the order batch, positions, channels. */
  readonly #shape: readonly number[];
  readonly #axes: readonly number[];
  readonly #compile: CompileOptions;
  readonly #along = new Map<number, Program>();

  private constructor(look: Look, options: LayerLookOptions, shape: readonly number[], axis: number) {
    const places = [...shape.keys()].filter((i) => i !== 0 && i !== axis);
    this.size = look.size;
    this.channels = shape[axis];
    this.positions = places.reduce((product, i) => product * shape[i], 1);
    this.centre = places.reduce((at, i) => at * shape[i] + (shape[i] >> 1), 0);
    this.#layer = options.layer;
    this.#look = look;
    this.#shape = shape;
    this.#axes = [0, ...places, axis];
    this.#compile = options.compile ?? {};
  }

  /** @throws NoemaError LAYER_UNKNOWN, LAYER_NO_CHANNELS, LAYER_BATCH, INPUT_NOT_PICTURE, and what the network refuses */
  static async open(options: LayerLookOptions): Promise<LayerLook> {
    const { model, layer } = options;
    const value = model.value(layer);
    const axis = channelAxis(value);
    const look = await Look.open({ ...options, layers: [layer] });
    if (value.shape[0] === look.size.batch) return new LayerLook(look, options, value.shape, axis);
    await look.dispose();
    throw new NoemaError("LAYER_BATCH", {
      where: `layer "${layer}"`,
      found: `its first axis counts ${value.shape[0]}`,
      needed: `${look.size.batch} pictures are shown to the network`,
      remedy: "Choose a layer that keeps pictures apart, or show one picture at a time.",
    });
  }

  /**
   * @param pictures N×C×H×W, 0 … 1
   * @returns N × positions × channels
   */
  async at(pictures: Float32Array): Promise<Float32Array> {
    const { data } = (await this.#look.at(pictures))[this.#layer];
    return inOrder(data as Float32Array, this.#shape, this.#axes);
  }

  /**
   * How strongly pictures excite directions: the largest product, over the positions, of activation and direction.
   *
   * @param activations N × positions × channels, as `at` gives them
   * @param directions one after another, each `channels` numbers
   * @returns N × directions
   */
  async largestAlong(activations: Float32Array, directions: readonly Float32Array[]): Promise<Float32Array> {
    const count = directions.length;
    let program = this.#along.get(count);
    if (program === undefined) {
      const at = newInput("activations", [this.size.batch, this.positions, this.channels]);
      const along = newInput("directions", [this.channels, count]);
      const largest = build.reduceMax(build.matmul(at, along), [1], { keepdims: false });
      program = await compile({ inputs: { activations: at, directions: along }, outputs: { largest } }, this.#compile);
      this.#along.set(count, program);
    }
    const columns = new Float32Array(this.channels * count);
    directions.forEach((direction, d) => {
      direction.forEach((v, c) => {
        columns[c * count + d] = v;
      });
    });
    const result: Record<string, Tensor> = await program.run({ activations, directions: columns });
    return result.largest.data as Float32Array;
  }

  /** Releases the programs. Safe to call twice. */
  async dispose(): Promise<void> {
    for (const program of [this.#look, ...this.#along.values()]) await program.dispose();
  }
}

/** The array with its axes in another order. */
function inOrder(data: Float32Array, shape: readonly number[], axes: readonly number[]): Float32Array {
  if (axes.every((axis, i) => axis === i)) return data;
  const strides = shape.map((_, i) => shape.slice(i + 1).reduce((a, b) => a * b, 1));
  const out = new Float32Array(data.length);
  const counts = axes.map((axis) => shape[axis]);
  const steps = axes.map((axis) => strides[axis]);
  const place = counts.map(() => 0);
  for (let to = 0, from = 0; to < out.length; to++) {
    out[to] = data[from];
    for (let i = place.length - 1; i >= 0; i--) {
      from += steps[i];
      if (++place[i] < counts[i]) break;
      from -= steps[i] * counts[i];
      place[i] = 0;
    }
  }
  return out;
}
