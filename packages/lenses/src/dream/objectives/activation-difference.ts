/** @file activation-difference: how far a layer is from what it makes of a photograph. */
import { build } from "@noema/engine";
import { layerPlanes, photographPlanes } from "../activations.js";
import { defineObjective, type Objective } from "./objective.js";
import { quoted, quotedFile } from "./written.js";

export interface ActivationDifferenceOptions {
  readonly layer: string;
  /** One of the dream's photographs. */
  readonly photograph: string;
}

/**
 * The mean of |activation − that of the photograph under the same transforms|, in the units of the layer. Subtracted, it
 * inverts the layer: a picture that the layer takes for the photograph (Mahendran, Vedaldi 2015).
 *
 * @throws NoemaError when built: LAYER_UNKNOWN, LAYER_BATCH, LAYER_NO_CHANNELS, MATERIAL_MISSING, PHOTOGRAPH_SIZE
 */
export function activationDifference({ layer, photograph }: ActivationDifferenceOptions): Objective {
  return {
    text: `activation-difference:${quoted(layer)}:${quotedFile(photograph)}`,
    photographs: [photograph],
    build: (scene) => {
      const difference = build.sub(layerPlanes(scene, layer), photographPlanes(scene, photograph, layer));
      return build.reduceMean(build.abs(difference), [1, 2], { keepdims: false });
    },
  };
}

export const activationDifferenceObjective = defineObjective({
  name: "activation-difference",
  summary: "the mean difference of a layer from what it makes of a photograph",
  penalty: true,
  fields: { layer: "layer", photograph: "photograph" },
  create: (fields) => activationDifference(fields),
});
