/** @file strongestVectors: the vectors that have most of each atom, on its + and on its − side. */
import { type ByAtom, usesOf } from "../by-atom.js";
import { checkAtoms, checkWhole } from "../check-atoms.js";

/** Vectors and how much they have of an atom, the strongest first. */
export interface Strongest {
  readonly rows: Uint32Array;
  readonly coefficients: Float32Array;
}

export interface StrongestVectors {
  readonly atom: number;
  readonly positive: Strongest;
  /** The most negative first. */
  readonly negative: Strongest;
}

export interface StrongestVectorsOptions {
  /** Default: each. */
  readonly atoms?: readonly number[];
  /** At most so many on each side. Default 10. */
  readonly count?: number;
}

/** Of equals the first vector comes first. @throws NoemaError ATOMS_EMPTY, ATOMS_RANGE */
export function strongestVectors(codes: ByAtom, options: StrongestVectorsOptions = {}): StrongestVectors[] {
  const { count = 10, atoms = Array.from({ length: codes.atoms }, (_, atom) => atom) } = options;
  checkWhole("count", count, 1);
  checkAtoms(atoms, codes.atoms);
  return atoms.map((atom) => ({
    atom,
    positive: sideOf(codes, atom, { sign: 1, count }),
    negative: sideOf(codes, atom, { sign: -1, count }),
  }));
}

/** The vectors on one side of an atom. */
export function sideOf(
  codes: ByAtom,
  atom: number,
  { sign, count = Number.POSITIVE_INFINITY }: { readonly sign: 1 | -1; readonly count?: number },
): Strongest {
  const { rows, coefficients } = usesOf(codes, atom);
  const places: number[] = [];
  for (let i = 0; i < rows.length; i++) if (sign * coefficients[i] > 0) places.push(i);
  places.sort((a, b) => sign * (coefficients[b] - coefficients[a]) || a - b);
  const kept = places.slice(0, count);
  return {
    rows: Uint32Array.from(kept, (i) => rows[i]),
    coefficients: Float32Array.from(kept, (i) => coefficients[i]),
  };
}
