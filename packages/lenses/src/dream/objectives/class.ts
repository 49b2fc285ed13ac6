/** @file class: what the network says of one class, in the last layer before its softmax. */
import { classScore } from "./logit.js";
import { defineObjective, type Objective, type Scene } from "./objective.js";

export interface ClassOptions {
  /** Which class, counted from 0. */
  readonly index: number;
}

/**
 * A class's logit, found by walking up from the model's output.
 *
 * @throws NoemaError when built: CLASS_OUTPUT, UNIT_RANGE
 */
export function classLogit({ index }: ClassOptions): Objective {
  return { text: `class:${index}`, build: (scene) => outputScore(scene, index) };
}

export const classObjective = defineObjective({
  name: "class",
  summary: "one class of the network's output, before its softmax: an index, or a word of its label",
  fields: { class: "class" },
  create: ({ class: index }) => classLogit({ index }),
});

export function outputScore(scene: Scene, index: number) {
  const scores = scene.logits();
  return classScore(scene, scores, index, scores.name === "" ? "the output" : scores.name);
}
