/** @file opacity: how opaque transparent pictures are; less of it leaves only what matters. */
import { build, NoemaError } from "@noema/engine";
import { defineObjective, type Objective } from "./objective.js";

/**
 * The mean opacity over pixels, 0 … 1. To be subtracted.
 *
 * @throws NoemaError when built: OPACITY_NONE where the pictures are opaque
 */
export function opacity(): Objective {
  return {
    text: "opacity",
    build: (scene) => {
      if (scene.opacity !== null) return build.reduceMean(scene.opacity, [1, 2, 3], { keepdims: false });
      throw new NoemaError("OPACITY_NONE", {
        where: "objective opacity",
        found: "the pictures are opaque",
        remedy: "Choose a kind of image that is transparent.",
      });
    },
  };
}

export const opacityObjective = defineObjective({
  name: "opacity",
  summary: "the mean opacity of transparent pictures",
  penalty: true,
  fields: {},
  create: () => opacity(),
});
