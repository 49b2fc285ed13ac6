/** @file LayerVectors: what a layer makes of pictures, as vectors of its channels: one of each picture, or of places in it. */
import { type CompileOptions, NoemaError, type Random } from "@noema/engine";
import { type LayerForm, Look, layerForm } from "@noema/lenses";
import type { PictureModel } from "../models/open-for-pictures.js";
import type { VectorKind } from "../store/activations-file.js";

export interface LayerVectorsOptions {
  /** Opened for a batch of pictures. */
  readonly pictures: Pick<PictureModel, "model" | "input" | "preprocessing">;
  readonly layer: string;
  /** What vectors are taken of. */
  readonly of: VectorKind;
  /** Of `drawn`: how many places of each picture, or all where there are fewer. */
  readonly drawn?: number | undefined;
  readonly compile?: CompileOptions;
}

/** A layer looked at. Dispose it when done. */
export class LayerVectors {
  readonly size: Look["size"];
  /** D. */
  readonly channels: number;
  /** Lengths of the layer's axes of positions: rows, columns; none where it has none. */
  readonly axes: readonly number[];
  /** How many positions that are. */
  readonly positions: number;
  /** Vectors of one picture. */
  readonly perPicture: number;
  readonly of: VectorKind;
  readonly #look: Look;
  readonly #layer: string;
  /** Numbers between one channel and the next, and how many such blocks of all channels a picture has. */
  readonly #behind: number;

  private constructor(look: Look, form: LayerForm, { layer, of, drawn = 1 }: LayerVectorsOptions) {
    const { channels, axis, positions } = form;
    this.size = look.size;
    this.channels = channels;
    this.axes = positions;
    this.positions = product(positions);
    this.of = of;
    this.perPicture = of === "all" ? this.positions : of === "drawn" ? Math.min(drawn, this.positions) : 1;
    this.#look = look;
    this.#layer = layer;
    this.#behind = product(positions.slice(axis - 1));
  }

  /** @throws NoemaError LAYER_UNKNOWN, LAYER_NO_CHANNELS, LAYER_TYPE, LAYER_BATCH, INPUT_NOT_PICTURE */
  static async open(options: LayerVectorsOptions): Promise<LayerVectors> {
    const { pictures, layer, of, compile } = options;
    const { model, input, preprocessing } = pictures;
    const over = of === "mean" || of === "max" ? of : "whole";
    const look = await Look.open({ model, input, preprocessing, layers: [layer], over, ...(compile && { compile }) });
    try {
      return new LayerVectors(look, layerForm(model.value(layer), layer, look.size.batch), options);
    } catch (error) {
      await look.dispose();
      throw error;
    }
  }

  /**
   * Which positions of a picture its vectors are of, rising, counted row by row; all where each is of the whole picture.
   *
   * @param random the picture's own
   */
  places(random: () => Random): Uint32Array {
    const { positions, perPicture, axes } = this;
    if (this.of === "centre") return Uint32Array.of(axes.reduce((at, length) => at * length + (length >> 1), 0));
    if (this.of !== "drawn" || perPicture === positions) return Uint32Array.from({ length: positions }, (_, i) => i);
    const [generator, drawn] = [random(), new Set<number>()];
    while (drawn.size < perPicture) drawn.add(generator.below(positions));
    return Uint32Array.from(drawn).sort();
  }

  /**
   * @param pictures N×C×H×W, 0..1
   * @param places of each picture, as `places` gives them
   * @returns by picture: its vectors, one after the other
   */
  async at(
    pictures: Float32Array,
    places: (picture: number) => Uint32Array,
  ): Promise<(picture: number) => Float32Array> {
    const data = (await this.#look.at(pictures))[this.#layer].data as Float32Array;
    const { channels, perPicture } = this;
    if (this.of === "mean" || this.of === "max") {
      return (picture) => data.subarray(picture * channels, (picture + 1) * channels);
    }
    const behind = this.#behind;
    return (picture) => {
      const out = new Float32Array(perPicture * channels);
      places(picture).forEach((place, i) => {
        const start = (picture * this.positions + place - (place % behind)) * channels + (place % behind);
        for (let c = 0; c < channels; c++) out[i * channels + c] = data[start + c * behind];
      });
      return out;
    };
  }

  /** Releases the program. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.#look.dispose();
  }
}

const product = (lengths: readonly number[]) => lengths.reduce((a, b) => a * b, 1);

/** @throws NoemaError ACTIVATIONS_NOT_FINITE */
export function checkFinite(vectors: Float32Array, picture: string): void {
  const bad = vectors.find((v) => !Number.isFinite(v));
  if (bad === undefined) return;
  throw new NoemaError("ACTIVATIONS_NOT_FINITE", {
    where: picture,
    found: `the layer makes ${bad} of it`,
    needed: "finite numbers",
    remedy: "Look whether the sidecar says rightly how the model wants its pictures, or choose an earlier layer.",
  });
}
