/** @file explainedBy: how much of the variance of vectors that taught nothing so many atoms explain. */
import type { CompileOptions } from "@noema/engine";
import { type Dictionary, explainedVariance, rebuild, SparseCoder } from "@noema/lenses";
import type { ActivationsStore } from "../store/activations-store.js";
import type { VectorsSplit } from "./split-vectors.js";

/** So many vectors are coded for it, evenly from all; and so many numbers. */
const most = { vectors: 20_000, numbers: 2 ** 25 } as const;

export interface Explained {
  /** With at most 0, 1 … K atoms of each vector: 1 − Σ‖x − x̂‖² / Σ‖x − mean‖² of vectors set apart, or of all where none are. */
  readonly curve: readonly number[];
  /** With K atoms, of vectors that taught. */
  readonly training: number;
}

/** @throws NoemaError SPARSITY, VECTORS_NUMBERS */
export async function explainedBy(
  dictionary: Dictionary,
  store: ActivationsStore,
  { split, sparsity, compile }: { split: VectorsSplit; sparsity: number; compile: CompileOptions },
): Promise<Explained> {
  const coder = await SparseCoder.open(dictionary, { sparsity, compile });
  const { length } = store;
  try {
    const taught = store.rows(some(split.training, length));
    const training = explainedVariance(taught, rebuild(dictionary, await coder.code(taught)), length);
    const apart = split.test.length > 1 ? store.rows(some(split.test, length)) : taught;
    const mean = new Float32Array(apart.length);
    for (let at = 0; at < mean.length; at += length) mean.set(dictionary.mean, at);
    const steps = await coder.progressive(apart);
    const curve = [mean, ...steps.map((codes) => rebuild(dictionary, codes))].map((rebuilt) => {
      const share = explainedVariance(apart, rebuilt, length);
      // Vectors that are all the same have no variance.
      return Number.isFinite(share) ? share : 0;
    });
    return { curve, training: Number.isFinite(training) ? training : 0 };
  } finally {
    await coder.dispose();
  }
}

function some(rows: Uint32Array, length: number): Uint32Array {
  const count = Math.min(rows.length, most.vectors, Math.max(1, Math.floor(most.numbers / length)));
  return Uint32Array.from({ length: count }, (_, i) => rows[Math.floor((i * rows.length) / count)]);
}
