/** @file accuracy: how often the greatest logit is the right one. A figure to look at: it has no gradient. */
import { cast, div, equal } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { isLabelled, wholeOf } from "./class-mask.js";
import { checkClasses, checkLogits, total } from "./loss-inputs.js";

/**
 * The share of examples whose greatest logit (the first of equals) is that of their class. As in `crossEntropy`, a
 * negative class is left out and a class of L or more makes it NaN.
 *
 * @param logits N×L, or probabilities
 * @param classes N of int64 or int32, 0 … L − 1
 * @returns a scalar, 0 … 1; 0 where no example has a class
 * @throws NoemaError LOSS_INPUTS
 */
export function accuracy(logits: Value, classes: Value): Value {
  const { examples, count } = checkLogits("accuracy", logits);
  checkClasses("accuracy", classes, examples);
  const [guess] = emit("ArgMax", [logits], { axis: 1, keepdims: 0 });
  const isRight = equal(guess!, cast(classes, "int64"));
  return div(total(cast(isRight, "float32")), wholeOf(isLabelled(classes), classes, count));
}
