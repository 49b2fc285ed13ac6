/** @file A decoder whose pictures are known, and codes written row by row. */
import type { Codes } from "./codes.js";
import type { Dictionary } from "./dictionary.js";
import type { Part } from "./sum-of-atoms.js";
import type { ThoughtDecoder } from "./thought-decoder.js";

/** Pictures of 1×1×D: the vector, over mid grey. */
export function linearDecoder(length: number): ThoughtDecoder {
  return {
    picture: { channels: 1, height: 1, width: length },
    latents: length,
    decode: async (vectors) => vectors.map((v) => 0.5 + v),
  };
}

/** Atoms along the axes, one of each; and the mean. */
export function axes(mean: readonly number[], more: Partial<Dictionary> = {}): Dictionary {
  const length = mean.length;
  return {
    ...{ count: length, length, mean: Float32Array.from(mean), nonNegative: false },
    atoms: Float32Array.from({ length: length * length }, (_, i) => (i % (length + 1) === 0 ? 1 : 0)),
    ...more,
  };
}

/** By vector: atom to amount, in the order of the pairs. */
export function codesOf(vectors: readonly (readonly (readonly [atom: number, amount: number])[])[]): Codes {
  const parts: Part[] = vectors.flatMap((own) => own.map(([atom, amount]) => ({ atom, amount })));
  const starts = new Uint32Array(vectors.length + 1);
  for (const [row, own] of vectors.entries()) starts[row + 1] = starts[row] + own.length;
  return {
    ...{ vectors: vectors.length, starts },
    atoms: Uint32Array.from(parts, ({ atom }) => atom),
    coefficients: Float32Array.from(parts, ({ amount }) => amount),
  };
}
