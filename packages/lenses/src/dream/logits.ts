/** @file logits: what a network says of classes, before a softmax makes probabilities of it. */
import { type Model, NoemaError, type Value } from "@noema/engine";

/** What bends scores into 0 … 1, where their slope vanishes. */
const squashing = new Set(["HardSigmoid", "LogSoftmax", "Sigmoid", "Softmax"]);

/** What leaves the numbers as they are. */
const rearranging = new Set(["Dropout", "Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"]);

/** What goes into the softmax or sigmoid that a value comes out of; the value itself where it does not. */
export function beforeSoftmax(value: Value): Value {
  for (let at = value; at.node !== null; ) {
    const { op, inputs } = at.node;
    if (squashing.has(op)) return inputs[0]!;
    if (!rearranging.has(op)) break;
    at = inputs[0]!;
  }
  return value;
}

/**
 * The logits of a model's first output that is one number per class.
 *
 * @throws NoemaError CLASS_OUTPUT where there is none
 */
export function logitsOf(model: Model): Value {
  const scores = model.outputs.map(({ value }) => beforeSoftmax(value)).find(isOnePerClass);
  if (scores !== undefined) return scores;
  throw new NoemaError("CLASS_OUTPUT", {
    where: "class",
    found: `none of the model's outputs is one number per class (${model.outputs.map(({ name }) => `"${name}"`).join(", ")})`,
    remedy: "Name the layer: logit:LAYER:CLASS, or channel:LAYER:UNIT where it has positions.",
  });
}

function isOnePerClass({ dtype, knownShape }: Value): boolean {
  if (dtype !== "float32" || knownShape === null || knownShape.length < 2) return false;
  return knownShape.slice(1).filter((length) => length !== 1).length === 1;
}
