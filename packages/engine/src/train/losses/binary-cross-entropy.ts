/** @file binaryCrossEntropy: the loss of yes-or-no answers, and of pictures taken as probabilities of white. */
import { div, mul, softplus, sub } from "../../graph/builder.js";
import type { Value } from "../../graph/value.js";
import { checkPair, countOf, type PerOptions, total } from "./loss-inputs.js";

/**
 * −t ln σ(x) − (1 − t) ln(1 − σ(x)), written as softplus(x) − t·x, which does not overflow.
 *
 * @param logits N×…, before the sigmoid
 * @param targets N×…, 0 … 1
 * @returns a scalar, in nats
 * @throws NoemaError LOSS_INPUTS, LOSS_OPTION
 */
export function binaryCrossEntropy(logits: Value, targets: Value, options: PerOptions = {}): Value {
  checkPair("binaryCrossEntropy", logits, targets);
  const count = countOf("binaryCrossEntropy", logits, options);
  return div(total(sub(softplus(logits), mul(logits, targets))), count);
}
