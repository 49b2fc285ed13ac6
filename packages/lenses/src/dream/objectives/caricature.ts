/** @file caricature: what a layer sees in a photograph, and more of it (feature inversion by dot product). */
import { build } from "@noema/engine";
import { layerPlanes, photographPlanes } from "../activations.js";
import { magnitude, weightedByCosine } from "./cosine.js";
import { defineObjective, type Objective } from "./objective.js";
import { quoted, quotedFile } from "./written.js";

export interface CaricatureOptions {
  readonly layer: string;
  /** One of the dream's photographs. */
  readonly photograph: string;
  /** 0 (the default, Lucid): the dot product. Larger: nearer to the photograph, less exaggerated. */
  readonly cosinePower?: number;
}

/** Against division by the activations of a photograph that the layer does not respond to. */
const epsilon = 1e-6;

/**
 * a·b / b·b · max(0.1, cos(a, b))^power over all channels and positions, where b is what the layer makes of the photograph
 * under the same transforms: 1 for the photograph itself. Lucid (recipes/caricature.py) does not divide by b·b, and by the
 * magnitude of b alone in what it calls cosine.
 *
 * @throws NoemaError when built: LAYER_UNKNOWN, LAYER_BATCH, LAYER_NO_CHANNELS, MATERIAL_MISSING, PHOTOGRAPH_SIZE
 */
export function caricature({ layer, photograph, cosinePower = 0 }: CaricatureOptions): Objective {
  const fields = [quoted(layer), quotedFile(photograph), ...(cosinePower === 0 ? [] : [cosinePower])];
  return {
    text: ["caricature", ...fields].join(":"),
    photographs: [photograph],
    build: (scene) => {
      const [a, b] = [layerPlanes(scene, layer), photographPlanes(scene, photograph, layer)].map((planes) =>
        build.reshape(planes, [scene.batch, planes.size / scene.batch]),
      );
      const sum = (x: typeof a) => build.reduceSum(x, [1], { keepdims: false });
      const dot = sum(build.mul(a, b));
      const weighted = weightedByCosine(dot, () => [magnitude(a, 1), magnitude(b, 1)], cosinePower);
      return build.div(weighted, build.add(sum(build.mul(b, b)), epsilon));
    },
  };
}

export const caricatureObjective = defineObjective({
  name: "caricature",
  summary: "the dot product of a layer with what it makes of a photograph, times a power of the cosine",
  fields: { layer: "layer", photograph: "photograph", cosinePower: "number?" },
  create: (fields) => caricature(fields),
});
