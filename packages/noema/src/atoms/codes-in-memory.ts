/** @file codesInMemory: the codes of a store to be counted: all of them, or of very many a part, evenly from all. */
import { type Codes, joinCodes } from "@noema/lenses";
import type { CodesStore } from "../store/codes-store.js";

export interface CodesInMemory {
  readonly codes: Codes;
  /** Which row of the store each vector is. */
  readonly rowOf: (vector: number) => number;
  /** Whether some are left out. */
  readonly sampled: boolean;
}

/** Parts of vectors, 8 bytes each, that are held at once. */
const mostParts = 2 ** 25;

/** Vectors that are read together. */
const block = 4096;

export function codesInMemory(store: Pick<CodesStore, "meta" | "read">, most = mostParts): CodesInMemory {
  const { vectors, parts } = store.meta;
  if (parts <= most) return { codes: store.read(0, vectors), rowOf: (vector) => vector, sampled: false };
  const blocks = Math.ceil(vectors / block);
  const kept = Math.max(1, Math.floor((blocks * most) / parts));
  const firsts = Array.from({ length: kept }, (_, i) => block * Math.floor((i * blocks) / kept));
  const read = firsts.map((first) => store.read(first, Math.min(block, vectors - first)));
  return {
    codes: joinCodes(read),
    rowOf: (vector) => firsts[Math.floor(vector / block)] + (vector % block),
    sampled: true,
  };
}
