/** @file learners: the ways of learning a dictionary, by name. */
import { unknownName } from "@noema/engine";
import { kSvd } from "./k-svd.js";
import { learnGeneralFirst } from "./learn-general-first.js";
import { learnWhitened } from "./learn-whitened.js";
import type { Learned, Learner, LearningOptions, VectorSource } from "./learner.js";
import { online } from "./online.js";
import { sparseAutoencoder } from "./sparse-autoencoder.js";

/** By the word on the command line. */
export const learners: Readonly<Record<string, Learner>> = {
  [kSvd.name]: kSvd,
  [online.name]: online,
  [sparseAutoencoder.name]: sparseAutoencoder,
};

/**
 * Learns a dictionary of vectors.
 *
 * @param options `learner`: one of `learners`; default "k-svd"
 * @throws NoemaError LEARNER_UNKNOWN; LEARNING_OPTIONS, LEARNING_STATE, SPARSITY, VECTORS_EMPTY, VECTORS_FEW, VECTORS_LENGTH,
 *   VECTORS_NUMBERS, VECTORS_CONSTANT, KERNEL_MEMORY
 */
export async function learnDictionary(
  vectors: VectorSource,
  { learner = kSvd.name, ...options }: LearningOptions & { readonly learner?: string },
): Promise<Learned> {
  if (!Object.hasOwn(learners, learner))
    throw unknownName("LEARNER_UNKNOWN", "learner", learner, Object.keys(learners));
  const { learn } = learners[learner];
  const { whiten, general, ...own } = options;
  const inParts: Learner["learn"] =
    general === undefined ? learn : (source, all) => learnGeneralFirst(source, { ...all, general }, learn);
  return whiten === undefined ? inParts(vectors, own) : learnWhitened(vectors, { ...own, whiten }, inParts);
}
