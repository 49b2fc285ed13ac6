/** @file diversity: the pictures of a batch differ in which channels go together: the many things one unit responds to. */
import { build, constant, Tensor } from "@noema/engine";
import { layerPlanes } from "../activations.js";
import { needPictures } from "./batch.js";
import { correlations } from "./correlations.js";
import { defineObjective, type Objective } from "./objective.js";
import { quoted } from "./written.js";

export interface DiversityOptions {
  readonly layer: string;
}

/** Under the root of a norm, against division by nothing (Lucid, objectives.diversity). */
const epsilon = 1e-10;

/**
 * Of each picture: −(mean cosine between its channel correlations and those of the others), −1 … 0. Lucid sums over the
 * others in place of averaging, and subtracts: its weight of 1e2 in a batch of four is 300 here.
 *
 * @throws NoemaError when built: as channel, and BATCH_SIZE where there is one picture
 */
export function diversity({ layer }: DiversityOptions): Objective {
  const text = `diversity:${quoted(layer)}`;
  return {
    text,
    build: (scene) => {
      needPictures(scene, text);
      const { batch } = scene;
      const grams = build.reshape(correlations(scene, layerPlanes(scene, layer), layer), [batch, -1]);
      const squares = build.reduceSum(build.mul(grams, grams), [1]);
      const unit = build.div(grams, build.sqrt(build.add(squares, epsilon)));
      const cosines = build.matmul(unit, build.transpose(unit, [1, 0]));
      return build.reduceSum(build.mul(cosines, others(batch)), [1], { keepdims: false });
    },
  };
}

export const diversityObjective = defineObjective({
  name: "diversity",
  summary: "how different the pictures of a batch are to a layer, -1 … 0",
  fields: { layer: "layer" },
  create: (fields) => diversity(fields),
});

/** N×N: −1/(N − 1), but 0 on the diagonal. */
function others(batch: number) {
  const weights = Float64Array.from({ length: batch * batch }, (_, i) =>
    i % (batch + 1) === 0 ? 0 : -1 / (batch - 1),
  );
  return constant(Tensor.ofNumbers("float32", [batch, batch], weights));
}
