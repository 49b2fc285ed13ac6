/** @file Look: what layers of a network make of pictures, without any gradient. */
import {
  build,
  type CompileOptions,
  compile,
  type Model,
  NoemaError,
  input as newInput,
  type Program,
  type Random,
  substitution,
  type Tensor,
  type Value,
} from "@noema/engine";
import { applyTransforms, drawTransforms } from "./dream/apply-transforms.js";
import { channelAxis } from "./dream/channel-axis.js";
import type { Transform } from "./dream/transforms/transform.js";
import { networkInput, type PictureSize, type Preprocessing, pictureSize } from "./preprocessing.js";

export interface LookOptions {
  /** The network, opened for a batch of pictures of one size. */
  readonly model: Model;
  readonly preprocessing: Preprocessing;
  readonly layers: readonly string[];
  /** `whole` gives all of a layer, `mean` and `max` one number per picture and channel: N×C. Default whole. */
  readonly over?: "whole" | "mean" | "max";
  /** Default: none. */
  readonly transforms?: readonly Transform[];
  /** Name of the model's input that takes the pictures; needed only where it has several. */
  readonly input?: string;
  readonly compile?: CompileOptions;
}

/** A network looked at through some of its layers. Dispose it when done. */
export class Look {
  readonly size: PictureSize;
  readonly #layers: readonly string[];
  readonly #transforms: readonly Transform[];
  readonly #program: Program;

  private constructor(
    size: PictureSize,
    layers: readonly string[],
    transforms: readonly Transform[],
    program: Program,
  ) {
    this.size = size;
    this.#layers = layers;
    this.#transforms = transforms;
    this.#program = program;
  }

  /** @throws NoemaError LAYER_UNKNOWN, LAYER_NO_CHANNELS, INPUT_NOT_PICTURE, and what the network refuses */
  static async open(options: LookOptions): Promise<Look> {
    const { model, preprocessing, layers, over = "whole", transforms = [] } = options;
    const given = model.input(options.input);
    const size = pictureSize(given, preprocessing);
    const { transform, drawn } = applyTransforms(transforms, size);
    const pictures = newInput("pictures", [size.batch, size.channels, size.height, size.width]);
    const network = substitution(new Map([[given, networkInput(transform(pictures), preprocessing)]]));
    const outputs = Object.fromEntries(
      layers.map((name, i) => [`layer${i}`, build.identity(pooled(network(model.value(name)), over))]),
    );
    const program = await compile({ inputs: { pictures, ...drawn }, outputs }, options.compile);
    return new Look(size, layers, transforms, program);
  }

  /**
   * Shows it pictures.
   *
   * @param pictures N×C×H×W, 0 … 1
   * @param random what the transforms are drawn from; needed only where there are some
   * @returns by layer: the layer's own shape, or N×C
   */
  async at(pictures: Float32Array, random?: Random): Promise<Record<string, Tensor>> {
    if (this.#transforms.length > 0 && random === undefined) {
      throw new NoemaError("RANDOM_MISSING", {
        where: "Look.at",
        found: "no generator",
        needed: "its transforms draw from one",
      });
    }
    const drawn = random && drawTransforms(this.#transforms, random, { size: this.size, progress: 1 });
    const result = await this.#program.run({ pictures, ...drawn });
    return Object.fromEntries(this.#layers.map((name, i) => [name, result[`layer${i}`]]));
  }

  /** Releases the program. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.#program.dispose();
  }
}

function pooled(layer: Value, over: "whole" | "mean" | "max"): Value {
  if (over === "whole") return layer;
  const axis = channelAxis(layer);
  const positions = [...layer.shape.keys()].filter((i) => i !== 0 && i !== axis);
  if (positions.length === 0) return layer;
  return over === "mean"
    ? build.reduceMean(layer, positions, { keepdims: false })
    : build.reduceMax(layer, positions, { keepdims: false });
}
