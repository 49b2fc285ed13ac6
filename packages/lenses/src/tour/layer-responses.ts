/** @file LayerResponses: how strongly each channel of a layer responds to pictures, and where in them. */
import type { Tensor } from "@noema/engine";
import { type LayerForm, layerForm } from "../dream/activations.js";
import { Look, type LookOptions } from "../look.js";
import type { PictureSize } from "../preprocessing.js";

export interface LayerResponsesOptions extends Pick<LookOptions, "model" | "preprocessing" | "input" | "compile"> {
  readonly layer: string;
  /** What counts of all positions: the strongest, or their mean. Default max. */
  readonly over?: "max" | "mean";
}

/** What the channels of a layer make of a batch of pictures. */
export interface Responses {
  /** N×C. */
  readonly values: Float32Array;
  /** N×C: at which position, counted row by row. Null where there are no positions, or their mean is taken. */
  readonly places: Int32Array | null;
}

/** A layer looked at through its channels. Dispose it when done. */
export class LayerResponses {
  readonly size: PictureSize;
  readonly form: LayerForm;
  readonly #layer: string;
  readonly #look: Look;

  private constructor(look: Look, layer: string, form: LayerForm) {
    this.size = look.size;
    this.form = form;
    this.#layer = layer;
    this.#look = look;
  }

  /** @throws NoemaError LAYER_UNKNOWN, LAYER_NO_CHANNELS, LAYER_TYPE, LAYER_BATCH, INPUT_NOT_PICTURE */
  static async open({ layer, over = "max", ...options }: LayerResponsesOptions): Promise<LayerResponses> {
    const look = await Look.open({ ...options, layers: [layer], over: over === "mean" ? "mean" : "whole" });
    try {
      const form = layerForm(options.model.value(layer), layer, look.size.batch);
      return new LayerResponses(look, layer, over === "mean" ? { ...form, axis: 1, positions: [] } : form);
    } catch (error) {
      await look.dispose();
      throw error;
    }
  }

  /**
   * @param pictures N×C×H×W, 0 … 1
   * @returns where each channel is highest and how high; where it is lowest and, of the other sign, how low
   */
  async at(pictures: Float32Array): Promise<Record<"highest" | "lowest", Responses>> {
    const layer = (await this.#look.at(pictures))[this.#layer];
    return { highest: strongest(layer, this.form, 1), lowest: strongest(layer, this.form, -1) };
  }

  /** Releases the program. Safe to call twice. */
  async dispose(): Promise<void> {
    await this.#look.dispose();
  }
}

/**
 * The largest of `sign · value` of every channel over all positions. Of equal ones the first; a channel with a value that
 * is no number is none.
 */
function strongest({ data, dims }: Tensor, { axis, channels, positions }: LayerForm, sign: 1 | -1): Responses {
  const layer = data as Float32Array;
  const batch = dims[0];
  const count = positions.reduce((a, b) => a * b, 1);
  // Position p of a channel lies `before` blocks down and `after` numbers along: on either side of the axis of channels.
  const after = dims.slice(axis + 1).reduce((a, b) => a * b, 1);
  const values = new Float32Array(batch * channels);
  const places = positions.length === 0 ? null : new Int32Array(batch * channels);
  for (let picture = 0; picture < batch; picture++) {
    for (let channel = 0; channel < channels; channel++) {
      let best = Number.NEGATIVE_INFINITY;
      let place = 0;
      const start = picture * count * channels + channel * after;
      for (let p = 0; p < count; p++) {
        const block = after === 1 ? p : Math.floor(p / after);
        const value = sign * layer[start + block * after * channels + (p - block * after)];
        if (value > best) [best, place] = [value, p];
        else if (Number.isNaN(value)) {
          best = Number.NaN;
          break;
        }
      }
      values[picture * channels + channel] = best;
      if (places !== null) places[picture * channels + channel] = place;
    }
  }
  return { values, places };
}
