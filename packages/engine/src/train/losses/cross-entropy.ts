/** @file crossEntropy: the loss of a classifier whose classes are numbers. */
import { add, div, mul, neg, unsqueeze, where } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { classMask, isLabelled, wholeOf } from "./class-mask.js";
import { checkClasses, checkLogits, total } from "./loss-inputs.js";

export interface CrossEntropyOptions {
  /**
   * Share of the target that is spread evenly over all classes, 0 … 1 (Szegedy et al. 2016, "Rethinking the Inception
   * Architecture", section 7). Default 0.
   */
  readonly labelSmoothing?: number;
  /** What an example of each class counts, L numbers: for classes of unequal size. Default: 1 each. */
  readonly weights?: ArrayLike<number>;
}

/**
 * −ln softmax(logits)[class], averaged over the examples, or over what they count where there are weights. An example
 * with a negative class is unlabelled and left out; a class of L or more makes it NaN.
 *
 * @param logits N×L, before the softmax
 * @param classes N of int64 or int32, 0 … L − 1
 * @returns a scalar of at least 0, in nats
 * @throws NoemaError LOSS_INPUTS, LOSS_OPTION
 */
export function crossEntropy(logits: Value, classes: Value, options: CrossEntropyOptions = {}): Value {
  const { examples, count } = checkLogits("crossEntropy", logits);
  checkClasses("crossEntropy", classes, examples);
  const { labelSmoothing = 0 } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new NoemaError("LOSS_OPTION", {
      where: "crossEntropy, labelSmoothing",
      found: String(labelSmoothing),
      needed: "a number from 0 to 1 is needed",
    });
  }
  const weights = options.weights && checkWeights(options.weights, count);
  const row = (values: ArrayLike<number>) => constant(Tensor.ofNumbers("float32", [1, count], values));
  const chosen = where(classMask(classes, count), weights ? row(weights) : 1, 0);
  const labelled = isLabelled(classes);
  const spread = Array.from({ length: count }, (_, i) => ((weights?.[i] ?? 1) * labelSmoothing) / count);
  const target =
    labelSmoothing === 0 ? chosen : add(mul(chosen, 1 - labelSmoothing), mul(unsqueeze(labelled, [1]), row(spread)));
  const [logProbabilities] = emit("LogSoftmax", [logits], { axis: 1 });
  const whole = wholeOf(weights ? chosen : labelled, classes, count);
  return div(total(mul(logProbabilities!, target)), neg(whole));
}

function checkWeights(given: ArrayLike<number>, count: number): number[] {
  const weights = Array.from(given);
  const areUsable = weights.every((w) => w >= 0 && w < Number.POSITIVE_INFINITY) && weights.some((w) => w > 0);
  if (weights.length !== count || !areUsable) {
    throw new NoemaError("LOSS_OPTION", {
      where: "crossEntropy, weights",
      found: weights.length === count ? `[${weights.slice(0, 20).join(", ")}]` : `${weights.length} numbers`,
      needed: `${count} numbers of at least 0, not all of them 0, are needed`,
    });
  }
  return weights;
}
