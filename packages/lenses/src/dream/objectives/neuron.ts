/** @file neuron: one channel at one position. */
import { channelsAt, type Position } from "../activations.js";
import { defineObjective, type Objective } from "./objective.js";
import { forEveryPicture, sumOfUnits } from "./units.js";
import { quoted } from "./written.js";

export interface NeuronOptions {
  readonly layer: string;
  readonly unit: number;
  /** Across, then down, counted from 0 at the top left. Default: the middle, of an even number the later one (Lucid). */
  readonly position?: Position;
}

/**
 * Lucid's neuron. In a layer of tokens a position is the token and 0.
 *
 * @throws NoemaError when built: as channel, and POSITION_RANGE
 */
export function neuron({ layer, unit, position }: NeuronOptions): Objective {
  return {
    text: [`neuron:${quoted(layer)}:${unit}`, ...(position ? [position.join(",")] : [])].join(":"),
    build: (scene) =>
      sumOfUnits(
        scene,
        channelsAt(scene, layer, position),
        forEveryPicture(scene, [{ unit, weight: 1 }]),
        `neuron of "${layer}"`,
      ),
  };
}

export const neuronObjective = defineObjective({
  name: "neuron",
  summary: "one channel at one position, by default in the middle",
  fields: { layer: "layer", unit: "unit", position: "position?" },
  create: (fields) => neuron(fields),
});
