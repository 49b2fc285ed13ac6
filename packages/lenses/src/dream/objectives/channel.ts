/** @file channel: the mean of one channel over all positions; of a layer without positions, one unit (such as a logit). */
import { channelMeans } from "../activations.js";
import { defineObjective, type Objective } from "./objective.js";
import { sumOfUnits } from "./units.js";
import { quoted } from "./written.js";

export interface ChannelOptions {
  readonly layer: string;
  /** One unit for all pictures, or one for each. */
  readonly unit: number | readonly number[];
}

/**
 * Lucid's channel. Which unit it is, is given to the program when it runs: one program serves all units of a layer.
 *
 * @throws NoemaError when built: LAYER_UNKNOWN, UNIT_RANGE, UNIT_COUNT, LAYER_BATCH, LAYER_NO_CHANNELS
 */
export function channel({ layer, unit }: ChannelOptions): Objective {
  const own = (one: number) => `channel:${quoted(layer)}:${one}`;
  const several = typeof unit !== "number" && unit.length > 1;
  return {
    text: typeof unit === "number" ? own(unit) : unit.map((one, i) => `${own(one)}@${i}`).join(" + "),
    ...(several && { joined: "sum" }),
    build: (scene) => {
      const units = typeof unit === "number" ? Array.from({ length: scene.batch }, () => unit) : unit;
      const chosen = units.map((one) => [{ unit: one, weight: 1 }]);
      return sumOfUnits(scene, channelMeans(scene, layer), chosen, `channel of "${layer}"`);
    },
  };
}

export const channelObjective = defineObjective({
  name: "channel",
  summary: "the mean of one channel over all positions, or one unit of a layer without positions",
  fields: { layer: "layer", unit: "unit" },
  create: (fields) => channel(fields),
});
