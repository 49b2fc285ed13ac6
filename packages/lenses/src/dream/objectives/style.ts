/** @file style: how far the channel correlations of layers are from those of a photograph (Gatys, Ecker, Bethge 2015). */
import { build } from "@noema/engine";
import { layerPlanes, photographPlanes } from "../activations.js";
import { correlations } from "./correlations.js";
import { defineObjective, type Objective } from "./objective.js";
import { quoted, quotedFile } from "./written.js";

export interface StyleOptions {
  readonly layers: readonly string[];
  /** One of the dream's photographs. */
  readonly photograph: string;
}

/** Against division by the correlations of a photograph that a layer does not respond to. */
const epsilon = 1e-12;

/**
 * The mean over layers of ‖G − P‖² / ‖P‖², where G are the channel correlations of the picture and P those of the photograph
 * under the same transforms: 0 where they are equal, 1 for a picture that no layer responds to. To be subtracted.
 *
 * @throws NoemaError when built: LAYER_UNKNOWN, LAYER_BATCH, LAYER_NO_CHANNELS, MATERIAL_MISSING, PHOTOGRAPH_SIZE
 */
export function style({ layers, photograph }: StyleOptions): Objective {
  return {
    text: `style:${layers.map(quoted).join(",")}:${quotedFile(photograph)}`,
    photographs: [photograph],
    build: (scene) => {
      const distances = layers.map((layer) => {
        const own = correlations(scene, layerPlanes(scene, layer), layer);
        const planes = photographPlanes(scene, photograph, layer);
        const its = correlations(scene, planes, `${layer} of ${photograph}`);
        const square = (x: typeof own) => build.reduceSum(build.mul(x, x), [1, 2], { keepdims: false });
        return build.div(square(build.sub(own, its)), build.add(square(its), epsilon));
      });
      return build.mul(distances.reduce(build.add), 1 / layers.length);
    },
  };
}

export const styleObjective = defineObjective({
  name: "style",
  summary: "the distance of layers' channel correlations from a photograph's",
  penalty: true,
  fields: { layers: "layers", photograph: "photograph" },
  create: (fields) => style(fields),
});
