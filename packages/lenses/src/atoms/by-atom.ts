/** @file byAtom: codes the other way round, so that the vectors that have an atom stand together. */
import { checkUsableCodes } from "./check-atoms.js";
import type { Codes } from "./codes.js";

export interface ByAtom {
  /** A. */
  readonly atoms: number;
  /** N. */
  readonly vectors: number;
  /** A + 1: where the vectors of each atom begin, and where the last one's end. */
  readonly starts: Uint32Array;
  /** Which vectors have it, rising. */
  readonly rows: Uint32Array;
  /** How much of it, never 0. */
  readonly coefficients: Float32Array;
}

/**
 * A vector has an atom whose coefficient is not 0.
 *
 * @param count A: how many atoms there are
 * @throws NoemaError ATOMS_EMPTY, ATOMS_CODES, ATOMS_NUMBER, CODES_SHAPE
 */
export function byAtom(codes: Codes, count: number): ByAtom {
  checkUsableCodes(codes, count);
  const { vectors, starts, atoms, coefficients } = codes;
  const ends = new Uint32Array(count + 1);
  for (let at = 0; at < atoms.length; at++) if (coefficients[at] !== 0) ends[atoms[at] + 1]++;
  for (let atom = 0; atom < count; atom++) ends[atom + 1] += ends[atom];
  const found = {
    atoms: count,
    vectors,
    starts: ends,
    rows: new Uint32Array(ends[count]),
    coefficients: new Float32Array(ends[count]),
  };
  const next = ends.slice(0, count);
  for (let row = 0; row < vectors; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      if (coefficients[at] === 0) continue;
      const to = next[atoms[at]]++;
      found.rows[to] = row;
      found.coefficients[to] = coefficients[at];
    }
  }
  return found;
}

/** The vectors that have an atom, and how much of it: views, no copies. */
export function usesOf({ starts, rows, coefficients }: ByAtom, atom: number) {
  const [from, to] = [starts[atom], starts[atom + 1]];
  return { rows: rows.subarray(from, to), coefficients: coefficients.subarray(from, to) };
}
