/** @file l1: how far the pictures are from one colour, as the mean of the differences. */
import { build } from "@noema/engine";
import { defineObjective, type Objective } from "./objective.js";

export interface L1Options {
  /** From which grey, 0 … 1. Default 0.5; Lucid's is 0, black. */
  readonly grey?: number;
}

/** The mean of |x − grey| over pixels and channels, 0 … 1 (Lucid's L1, which sums). To be subtracted. */
export function l1({ grey = 0.5 }: L1Options = {}): Objective {
  return {
    text: grey === 0.5 ? "l1" : `l1:${grey}`,
    build: ({ pictures }) => build.reduceMean(build.abs(build.sub(pictures, grey)), [1, 2, 3], { keepdims: false }),
  };
}

export const l1Objective = defineObjective({
  name: "l1",
  summary: "the mean difference of the pixels from grey (0.5), or from another brightness",
  penalty: true,
  fields: { grey: "number?" },
  create: (fields) => l1(fields),
});
