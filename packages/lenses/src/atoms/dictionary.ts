/** @file Dictionary: the atoms that thought vectors are sums of. */
import { NoemaError } from "@noema/engine";

export interface Dictionary {
  /** A: how many atoms. */
  readonly count: number;
  /** D: numbers of a vector. */
  readonly length: number;
  /** A×D, each row of length 1. */
  readonly atoms: Float32Array;
  /** D: taken off a vector before it is coded, and added to what is rebuilt; zeros where nothing is. */
  readonly mean: Float32Array;
  /** Whether coefficients are at least 0. */
  readonly nonNegative: boolean;
  /**
   * W, D×D: a code is that of the least ‖(x − x̂)·W‖, vectors being rows, and an atom is found in a vector as both look behind W. Atoms
   * and coefficients are of the vectors as they are. Default: ‖x − x̂‖ itself.
   */
  readonly whitening?: Float32Array;
}

/** How far from 1 the length of an atom may be: what single precision leaves of a length of many numbers. */
const lengthTolerance = 1e-3;

/** One atom, D numbers: a view, no copy. */
export function atomOf({ atoms, length }: Dictionary, atom: number): Float32Array {
  return atoms.subarray(atom * length, (atom + 1) * length);
}

/** @throws NoemaError DICTIONARY_SHAPE, DICTIONARY_NUMBERS, DICTIONARY_LENGTH */
export function checkDictionary({ count, length, atoms, mean, whitening }: Dictionary): void {
  if (!(count >= 1 && length >= 1) || atoms.length !== count * length || mean.length !== length) {
    throw new NoemaError("DICTIONARY_SHAPE", {
      where: "dictionary",
      found: `${atoms.length} numbers for ${count} atoms of ${length}, and a mean of ${mean.length}`,
      needed: "count × length numbers, at least one atom of at least one number, and a mean of the same length",
    });
  }
  checkWhitening(whitening, length);
  for (let atom = 0; atom < count; atom++) {
    let square = 0;
    for (let i = atom * length; i < (atom + 1) * length; i++) square += atoms[i] * atoms[i];
    if (!Number.isFinite(square)) {
      throw new NoemaError("DICTIONARY_NUMBERS", {
        where: `dictionary, atom ${atom}`,
        found: "NaN or an infinity in it",
      });
    }
    if (Math.abs(Math.sqrt(square) - 1) > lengthTolerance) {
      throw new NoemaError("DICTIONARY_LENGTH", {
        where: `dictionary, atom ${atom}`,
        found: `its length is ${Math.sqrt(square).toPrecision(4)}`,
        needed: "1: a coefficient says how much of an atom there is",
      });
    }
  }
}

function checkWhitening(whitening: Float32Array | undefined, length: number): void {
  if (whitening === undefined) return;
  if (whitening.length !== length * length) {
    throw new NoemaError("DICTIONARY_SHAPE", {
      where: "dictionary, whitening",
      found: `${whitening.length} numbers`,
      needed: `${length}×${length}, as vectors have ${length}`,
    });
  }
  if (whitening.every(Number.isFinite)) return;
  throw new NoemaError("DICTIONARY_NUMBERS", { where: "dictionary, whitening", found: "NaN or an infinity in it" });
}
