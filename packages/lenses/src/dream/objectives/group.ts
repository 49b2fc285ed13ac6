/** @file group: several channels of a layer at once, each as much as its weight says. */
import { channelMeans } from "../activations.js";
import { defineObjective, type Objective, type WeightedUnit } from "./objective.js";
import { forEveryPicture, sumOfUnits } from "./units.js";
import { quoted } from "./written.js";

export interface GroupOptions {
  readonly layer: string;
  /** Weights may be negative. */
  readonly units: readonly WeightedUnit[];
}

/**
 * Σ weight · mean of the channel. One program serves all groups of a layer.
 *
 * @throws NoemaError when built: as channel
 */
export function group({ layer, units }: GroupOptions): Objective {
  const list = units.map(({ unit, weight }) => (weight === 1 ? `${unit}` : `${unit}*${weight}`)).join(",");
  return {
    text: `group:${quoted(layer)}:${list}`,
    build: (scene) =>
      sumOfUnits(scene, channelMeans(scene, layer), forEveryPicture(scene, units), `group of "${layer}"`),
  };
}

export const groupObjective = defineObjective({
  name: "group",
  summary: "the weighted sum of several channels' means: 3,5*0.5,9",
  fields: { layer: "layer", units: "units" },
  create: (fields) => group(fields),
});
