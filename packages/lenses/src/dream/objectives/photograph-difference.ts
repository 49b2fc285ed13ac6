/** @file photograph-difference: how far the pictures are from a photograph, pixel by pixel. */
import { build } from "@noema/engine";
import { defineObjective, type Objective } from "./objective.js";
import { quotedFile } from "./written.js";

export interface PhotographDifferenceOptions {
  /** One of the dream's photographs. */
  readonly photograph: string;
}

/** Under the root, whose slope at 0 would be infinite. */
const epsilon = 1e-6;

/**
 * √(10⁻⁶ + mean of (x − photograph)²) over pixels and channels, 0 … 1, before any transform (Lucid's input_diff). To be
 * subtracted: what starts from the photograph stays near it.
 *
 * @throws NoemaError when built: MATERIAL_MISSING, PHOTOGRAPH_SIZE
 */
export function photographDifference({ photograph }: PhotographDifferenceOptions): Objective {
  return {
    text: `photograph-difference:${quotedFile(photograph)}`,
    photographs: [photograph],
    build: (scene) => {
      const difference = build.sub(scene.pictures, scene.photograph(photograph));
      const mean = build.reduceMean(build.mul(difference, difference), [1, 2, 3], { keepdims: false });
      return build.sqrt(build.add(mean, epsilon));
    },
  };
}

export const photographDifferenceObjective = defineObjective({
  name: "photograph-difference",
  summary: "the root of the mean square difference of the pixels from a photograph's",
  penalty: true,
  fields: { photograph: "photograph" },
  create: (fields) => photographDifference(fields),
});
