/** @file highCoefficient: how much of an atom vectors have that have a lot of it, which is how much of it is shown. */
import { NoemaError } from "@noema/engine";
import { type ByAtom, usesOf } from "../by-atom.js";
import { checkAtoms, checkShare } from "../check-atoms.js";

/** Of the vectors that have an atom, one in twenty has more of it. */
export const usualQuantile = 0.95;

/**
 * A quantile of |coefficient| among the vectors that have the atom; among all coefficients where none has it.
 *
 * @param quantile 0..1. Default 0.95
 * @throws NoemaError ATOMS_RANGE; ATOMS_EMPTY where no vector has any atom
 */
export function highCoefficient(codes: ByAtom, atom: number, quantile = usualQuantile): number {
  checkAtoms([atom], codes.atoms);
  checkShare("quantile", quantile);
  const own = usesOf(codes, atom).coefficients;
  const sorted = (own.length > 0 ? own : codes.coefficients).map(Math.abs).sort();
  if (sorted.length === 0) throw noAtoms();
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)];
}

export function noAtoms(): NoemaError {
  return new NoemaError("ATOMS_EMPTY", {
    where: "codes",
    found: "no vector has any atom",
    needed: "how much of an atom is shown is read from them",
  });
}
