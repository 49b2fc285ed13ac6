/** @file direction-neuron: how much a layer's activations at one position point in one direction. */
import { build } from "@noema/engine";
import { channelsAt, type Position } from "../activations.js";
import { along, type DirectionOptions, directionText } from "./direction.js";
import { defineObjective, type Objective } from "./objective.js";

export interface DirectionNeuronOptions extends DirectionOptions {
  /** As of neuron. Default: the middle. */
  readonly position?: Position;
}

/**
 * x·v · max(0.1, cos(x, v))^power at one position (Lucid's direction_neuron).
 *
 * @throws NoemaError when built: as direction, and POSITION_RANGE
 */
export function directionNeuron(options: DirectionNeuronOptions): Objective {
  const { layer, vector, cosinePower = 0, position } = options;
  const text = directionText("direction-neuron", { layer, vector, cosinePower });
  return {
    text: position === undefined ? text : `${text}:${position.join(",")}`,
    vectors: [vector],
    build: (scene) => {
      const planes = build.unsqueeze(channelsAt(scene, layer, position), [2]);
      return build.reshape(along(scene, planes, { layer, vector, cosinePower }), [scene.batch]);
    },
  };
}

export const directionNeuronObjective = defineObjective({
  name: "direction-neuron",
  summary: "the same as direction, at one position",
  fields: { layer: "layer", vector: "vector", cosinePower: "number?", position: "position?" },
  create: (fields) => directionNeuron(fields),
});
