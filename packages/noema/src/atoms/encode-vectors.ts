/** @file encodeVectors: codes of all vectors of a store, written as they are made. */
import { SparseCoder, type SparseCoderOptions } from "@noema/lenses";
import type { ActivationsStore } from "../store/activations-store.js";
import { CodesStore } from "../store/codes-store.js";
import type { OpenDictionary } from "../store/dictionary-file.js";
import type { Terminal } from "../terminal/command.js";

/** Numbers that are read and coded at a time: 16 MiB. */
const together = 2 ** 22;

export interface EncodeVectorsOptions extends Pick<SparseCoderOptions, "sparsity" | "compile"> {
  readonly activations: ActivationsStore;
  readonly dictionary: OpenDictionary;
  /** Where the codes are written. */
  readonly out: string;
  /** See `SparseCoder`. */
  readonly error?: number | undefined;
}

/**
 * Undefined after Ctrl-C: then nothing is written.
 *
 * @throws NoemaError SPARSITY, CODING_ERROR, VECTORS_NUMBERS, OUT_PATH
 */
export async function encodeVectors(
  options: EncodeVectorsOptions,
  terminal: Terminal,
): Promise<CodesStore | undefined> {
  const { activations, dictionary, out, sparsity, error, compile = {} } = options;
  const coder = await SparseCoder.open(dictionary.dictionary, {
    ...{ sparsity, compile },
    ...(error !== undefined && { error }),
  });
  const progress = terminal.progress(activations.count, "vectors coded");
  class Stopped extends Error {}
  async function* batches() {
    for await (const { from, vectors } of activations.batches(Math.max(1, Math.floor(together / activations.length)))) {
      if (terminal.signal.aborted) throw new Stopped();
      const codes = await coder.code(vectors);
      yield codes;
      progress.update(from + codes.vectors);
    }
  }
  try {
    return await CodesStore.write(out, batches(), {
      activations,
      dictionary: { hash: dictionary.file.hash, count: dictionary.file.count },
      options: { sparsity, ...(error !== undefined && { error }) },
    });
  } catch (cause) {
    if (cause instanceof Stopped) return undefined;
    throw cause;
  } finally {
    progress.stop();
    await coder.dispose();
  }
}
