/** @file alignment: neighbours in the batch look alike, so that what they have in common is drawn in the same place. */
import { build, type Value } from "@noema/engine";
import { layerPlanes } from "../activations.js";
import { needPictures } from "./batch.js";
import { defineObjective, type Objective } from "./objective.js";
import { quoted } from "./written.js";

export interface AlignmentOptions {
  readonly layer: string;
}

/** Neighbours up to this far away count, and by what each further one counts less (Lucid, objectives.alignment). */
const [reach, decay] = [4, 2];

/**
 * Of picture i: −½ Σ over pictures j up to four away of the mean square difference of the layer / 2^|i − j|. The sum over the
 * batch is Lucid's alignment.
 *
 * @throws NoemaError when built: as channel, and BATCH_SIZE where there is one picture
 */
export function alignment({ layer }: AlignmentOptions): Objective {
  const text = `alignment:${quoted(layer)}`;
  return {
    text,
    build: (scene) => {
      needPictures(scene, text);
      const planes = layerPlanes(scene, layer);
      const { batch } = scene;
      const parts: Value[] = [];
      for (let d = 1; d <= Math.min(reach, batch - 1); d++) {
        const difference = build.sub(
          build.slice(planes, [d], [batch], [0]),
          build.slice(planes, [0], [batch - d], [0]),
        );
        const apart = build.reduceMean(build.mul(difference, difference), [1, 2], { keepdims: false });
        const weighted = build.mul(apart, -0.5 / decay ** d);
        parts.push(build.pad(weighted, [d, 0]), build.pad(weighted, [0, d]));
      }
      return parts.reduce(build.add);
    },
  };
}

export const alignmentObjective = defineObjective({
  name: "alignment",
  summary: "how alike neighbours in the batch are to a layer; 0 at best",
  fields: { layer: "layer" },
  create: (fields) => alignment(fields),
});
