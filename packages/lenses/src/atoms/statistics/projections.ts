/** @file projections: how far vectors point along every atom, whether or not their codes have it. */
import { NoemaError } from "@noema/engine";
import { countVectors } from "../check-atoms.js";
import type { Codes } from "../codes.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { readersOf } from "../whitening.js";

/** Parts of vectors that are held at once: 1 GiB. */
const mostParts = 2 ** 27;

/**
 * Products of vectors, the mean taken off, with atoms, as codes that have every atom. A code says which few atoms a vector is made of;
 * of two alike atoms it has one. A product asks each atom by itself. Of a dictionary with a whitening both are whitened.
 *
 * @param vectors N×D
 * @throws NoemaError ATOMS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS; ATOMS_MANY where there are more than memory holds
 */
export function projections(dictionary: Dictionary, vectors: Float32Array): Codes {
  checkDictionary(dictionary);
  const { count, length, mean } = dictionary;
  const rows = countVectors("vectors", vectors, length);
  if (rows * count > mostParts) {
    throw new NoemaError("ATOMS_MANY", {
      where: "projections",
      found: `${rows} vectors along ${count} atoms`,
      needed: `at most ${Math.floor(mostParts / count)} vectors`,
    });
  }
  const all = readersOf(dictionary);
  const atoms = Uint32Array.from({ length: rows * count }, (_, i) => i % count);
  const coefficients = new Float32Array(rows * count);
  const centred = new Float32Array(length);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < length; i++) centred[i] = vectors[row * length + i] - mean[i];
    for (let atom = 0; atom < count; atom++) {
      let sum = 0;
      const at = atom * length;
      for (let i = 0; i < length; i++) sum += centred[i] * all[at + i];
      coefficients[row * count + atom] = sum;
    }
  }
  return { vectors: rows, starts: Uint32Array.from({ length: rows + 1 }, (_, i) => i * count), atoms, coefficients };
}
