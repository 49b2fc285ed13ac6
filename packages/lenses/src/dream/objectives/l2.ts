/** @file l2: how far the pictures are from one colour, as the root of the mean square difference. */
import { build } from "@noema/engine";
import { defineObjective, type Objective } from "./objective.js";

export interface L2Options {
  /** From which grey, 0 … 1. Default 0.5; Lucid's is 0, black. */
  readonly grey?: number;
}

/** Under the root, whose slope at 0 would be infinite (Lucid). */
const epsilon = 1e-6;

/** √(10⁻⁶ + mean of (x − grey)²) over pixels and channels, 0 … 1 (Lucid's L2, which sums). To be subtracted. */
export function l2({ grey = 0.5 }: L2Options = {}): Objective {
  return {
    text: grey === 0.5 ? "l2" : `l2:${grey}`,
    build: ({ pictures }) => {
      const difference = build.sub(pictures, grey);
      const mean = build.reduceMean(build.mul(difference, difference), [1, 2, 3], { keepdims: false });
      return build.sqrt(build.add(mean, epsilon));
    },
  };
}

export const l2Objective = defineObjective({
  name: "l2",
  summary: "the root of the mean square difference of the pixels from grey (0.5), or from another brightness",
  penalty: true,
  fields: { grey: "number?" },
  create: (fields) => l2(fields),
});
