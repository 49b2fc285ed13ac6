/** @file interpolation: from one channel to another along the batch. */
import { build, constant, Tensor } from "@noema/engine";
import { needPictures } from "./batch.js";
import { channel } from "./channel.js";
import { defineObjective, type Objective } from "./objective.js";
import { quoted } from "./written.js";

export interface InterpolationOptions {
  /** What the first picture shows. */
  readonly from: { readonly layer: string; readonly unit: number };
  /** What the last picture shows. */
  readonly to: { readonly layer: string; readonly unit: number };
}

/**
 * Picture i of n: (1 − w)·channel + w·channel, w = i/(n − 1) (Lucid's channel_interpolate).
 *
 * @throws NoemaError when built: as channel, and BATCH_SIZE where there is one picture
 */
export function interpolation({ from, to }: InterpolationOptions): Objective {
  const text = `interpolation:${quoted(from.layer)}:${from.unit}:${quoted(to.layer)}:${to.unit}`;
  return {
    text,
    build: (scene) => {
      needPictures(scene, text);
      const shares = Float64Array.from({ length: scene.batch }, (_, i) => i / (scene.batch - 1));
      const row = (values: Float64Array) => constant(Tensor.ofNumbers("float32", [scene.batch], values));
      return build.add(
        build.mul(channel(from).build(scene), row(shares.map((w) => 1 - w))),
        build.mul(channel(to).build(scene), row(shares)),
      );
    },
  };
}

export const interpolationObjective = defineObjective({
  name: "interpolation",
  summary: "from one channel in the first picture of a batch to another in the last",
  fields: { layer: "layer", unit: "unit", toLayer: "layer", toUnit: "unit" },
  create: ({ layer, unit, toLayer, toUnit }) =>
    interpolation({ from: { layer, unit }, to: { layer: toLayer, unit: toUnit } }),
});
