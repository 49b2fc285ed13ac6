/** @file class-difference: what tells one class from another. */
import { build } from "@noema/engine";
import { outputScore } from "./class.js";
import { defineObjective, type Objective } from "./objective.js";

export interface ClassDifferenceOptions {
  readonly index: number;
  readonly other: number;
}

/**
 * The logit of one class less that of the other.
 *
 * @throws NoemaError when built: CLASS_OUTPUT, UNIT_RANGE
 */
export function classDifference({ index, other }: ClassDifferenceOptions): Objective {
  return {
    text: `class-difference:${index}:${other}`,
    build: (scene) => build.sub(outputScore(scene, index), outputScore(scene, other)),
  };
}

export const classDifferenceObjective = defineObjective({
  name: "class-difference",
  summary: "one class of the network's output less another, before its softmax",
  fields: { class: "class", other: "class" },
  create: ({ class: index, other }) => classDifference({ index, other }),
});
