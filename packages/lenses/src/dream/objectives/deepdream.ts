/** @file deepdream: all of a layer at once, whatever it is that it sees (Mordvintsev, Olah, Tyka 2015). */
import { build } from "@noema/engine";
import { layerForm } from "../activations.js";
import { defineObjective, type Objective } from "./objective.js";
import { quoted } from "./written.js";

export interface DeepdreamOptions {
  readonly layer: string;
}

/**
 * The mean of the squares of a layer (Lucid's deepdream).
 *
 * @throws NoemaError when built: LAYER_UNKNOWN, LAYER_BATCH, LAYER_NO_CHANNELS
 */
export function deepdream({ layer }: DeepdreamOptions): Objective {
  return {
    text: `deepdream:${quoted(layer)}`,
    build: (scene) => {
      const value = scene.layer(layer);
      layerForm(value, layer, scene.batch);
      const axes = [...value.shape.keys()].slice(1);
      return build.reduceMean(build.mul(value, value), axes, { keepdims: false });
    },
  };
}

export const deepdreamObjective = defineObjective({
  name: "deepdream",
  summary: "the mean of the squares of a whole layer",
  fields: { layer: "layer" },
  create: (fields) => deepdream(fields),
});
