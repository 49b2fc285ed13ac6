/** @file softCrossEntropy: the loss of a classifier whose targets are probabilities. */
import { div, mul } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { checkLogits, checkPair, total } from "./loss-inputs.js";

/**
 * −Σ p ln softmax(logits), averaged over the batch: what distillation (Hinton et al. 2015) and mixed examples (mixup, Zhang
 * et al. 2018) need.
 *
 * @param logits N×L, before the softmax
 * @param probabilities N×L; each row should add up to 1
 * @returns a scalar, in nats
 * @throws NoemaError LOSS_INPUTS
 */
export function softCrossEntropy(logits: Value, probabilities: Value): Value {
  const { examples } = checkLogits("softCrossEntropy", logits);
  checkPair("softCrossEntropy", logits, probabilities);
  const [logProbabilities] = emit("LogSoftmax", [logits], { axis: 1 });
  return div(total(mul(logProbabilities!, probabilities)), -examples);
}
