/** @file logit: one class, in a layer that has a number per class. */
import { NoemaError, type Value } from "@noema/engine";
import { layerForm, meansOf } from "../activations.js";
import { beforeSoftmax } from "../logits.js";
import { defineObjective, type Objective, type Scene } from "./objective.js";
import { forEveryPicture, sumOfUnits } from "./units.js";
import { quoted } from "./written.js";

export interface LogitOptions {
  readonly layer: string;
  readonly index: number;
}

/**
 * A class's logit. Of a layer of probabilities, what goes into its softmax: a probability has no slope where the network is
 * sure.
 *
 * @throws NoemaError when built: LAYER_UNKNOWN, LAYER_POSITIONS, UNIT_RANGE, LAYER_BATCH
 */
export function logit({ layer, index }: LogitOptions): Objective {
  return {
    text: `logit:${quoted(layer)}:${index}`,
    build: (scene) => {
      const scores = beforeSoftmax(scene.layer(layer));
      const { positions } = layerForm(scores, layer, scene.batch);
      if (positions.some((length) => length !== 1)) {
        throw new NoemaError("LAYER_POSITIONS", {
          where: `logit of "${layer}"`,
          found: `it has ${positions.join("×")} positions`,
          needed: "a logit is one number per picture",
          remedy: `Use channel:${quoted(layer)}:${index} for their mean, or neuron for one of them.`,
        });
      }
      return classScore(scene, scores, index, layer);
    },
  };
}

export const logitObjective = defineObjective({
  name: "logit",
  summary: "one class of a layer that has a number per class, before its softmax",
  fields: { layer: "layer", class: "class" },
  create: ({ layer, class: index }) => logit({ layer, index }),
});

/** @param scores first axis N, one number per class */
export function classScore(scene: Scene, scores: Value, index: number, layer: string): Value {
  const { axis } = layerForm(scores, layer, scene.batch);
  const values = scene.shared(`scores of ${layer}`, () => meansOf(scores, axis));
  return sumOfUnits(scene, values, forEveryPicture(scene, [{ unit: index, weight: 1 }]), `classes of "${layer}"`);
}
