/** @file only: an objective that counts for one picture of the batch, and is 0 for the others. */
import { build } from "@noema/engine";
import { needPicture } from "./batch.js";
import type { Objective } from "./objective.js";
import { materialsOf, wrapped } from "./written.js";

/** @throws NoemaError when built: BATCH_RANGE where there is no such picture */
export function only(objective: Objective, picture: number): Objective {
  const text = `${wrapped(objective, "product")}@${picture}`;
  return {
    text,
    joined: "product",
    ...materialsOf([objective]),
    build: (scene) => {
      needPicture(scene, picture, text);
      const own = build.slice(objective.build(scene), [picture], [picture + 1], [0]);
      return build.pad(own, [picture, scene.batch - 1 - picture]);
    },
  };
}
