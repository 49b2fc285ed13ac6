/** @file channel: the mean of one channel over all positions; of a layer without positions, one unit (such as a logit). */
import { build, NoemaError, type Value } from "@noema/engine";
import { channelAxis } from "../channel-axis.js";
import { defineObjective, type Objective, type Scene } from "./objective.js";

export interface ChannelOptions {
  readonly layer: string;
  /** One unit for all pictures, or one for each. */
  readonly unit: number | readonly number[];
}

/** Which unit it is, is given to the program when it runs: one program serves all units of a layer. */
export function channel({ layer, unit }: ChannelOptions): Objective {
  return {
    text: `channel:${layer}:${unit}`,
    build: (scene) => {
      const activations = scene.layer(layer);
      const axis = channelAxis(activations);
      const positions = [...activations.shape.keys()].filter((i) => i !== 0 && i !== axis);
      const means = build.reduceMean(activations, positions, { keepdims: false });
      const chosen = oneHot(scene, { layer, count: activations.shape[axis], unit });
      checkBatch(means, layer, scene.batch);
      return build.reduceSum(build.mul(means, chosen), [1], { keepdims: false });
    },
  };
}

export const channelObjective = defineObjective({
  name: "channel",
  summary: "the mean of one channel over all positions, or one unit of a layer without positions",
  fields: { layer: "layer", unit: "unit" },
  create: ({ layer, unit }) => channel({ layer, unit: Number(unit) }),
});

interface Chosen extends ChannelOptions {
  /** How many channels the layer has. */
  readonly count: number;
}

/** N×C: 1 at each picture's unit. */
function oneHot(scene: Scene, { layer, count, unit }: Chosen): Value {
  const units = typeof unit === "number" ? Array.from({ length: scene.batch }, () => unit) : unit;
  if (units.length !== scene.batch) {
    throw new NoemaError("UNIT_COUNT", {
      where: `channel of "${layer}"`,
      found: `${units.length} units`,
      needed: `one for each of the ${scene.batch} pictures`,
    });
  }
  const data = new Float32Array(scene.batch * count);
  units.forEach((chosen, i) => {
    if (!Number.isInteger(chosen) || chosen < 0 || chosen >= count) {
      throw new NoemaError("UNIT_RANGE", {
        where: `channel of "${layer}"`,
        found: `unit ${chosen}`,
        needed: `the layer has ${count} channels, 0 … ${count - 1}`,
      });
    }
    data[i * count + chosen] = 1;
  });
  return scene.given("unit", [scene.batch, count], data);
}

function checkBatch(means: Value, layer: string, batch: number): void {
  if (means.rank === 2 && means.shape[0] === batch) return;
  throw new NoemaError("LAYER_BATCH", {
    where: `layer "${layer}"`,
    found: `its first axis counts ${means.shape[0]}`,
    needed: `${batch} pictures are shown to the network`,
    remedy: "Choose a layer that keeps pictures apart.",
  });
}
