/** @file blur: how far the pictures are from themselves blurred: high frequencies alone. */
import { build } from "@noema/engine";
import { blurred } from "./blurred.js";
import { defineObjective, type Objective } from "./objective.js";

/**
 * ½ · mean of (x − blurred x)² over pixels and channels (Lucid's blur_input_each_step, which sums; Nguyen, Yosinski, Clune
 * 2015). To be subtracted. Lucid holds the blurred picture fixed, so that a step of plain descent blurs; here the gradient is
 * that of the number itself.
 */
export function blur(): Objective {
  return {
    text: "blur",
    build: ({ pictures }) => {
      const sharp = build.sub(pictures, blurred(pictures, 3));
      return build.mul(build.reduceMean(build.mul(sharp, sharp), [1, 2, 3], { keepdims: false }), 0.5);
    },
  };
}

export const blurObjective = defineObjective({
  name: "blur",
  summary: "half the mean square difference of the pictures from themselves blurred",
  penalty: true,
  fields: {},
  create: () => blur(),
});
