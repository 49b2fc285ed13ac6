/** @file sumOfAtoms: some atoms, each times its amount, added to a vector. */
import { NoemaError } from "@noema/engine";
import { checkAtoms } from "./check-atoms.js";
import type { Codes } from "./codes.js";
import { atomOf, type Dictionary } from "./dictionary.js";

/** So much of an atom. */
export interface Part {
  readonly atom: number;
  /** What it is multiplied with. */
  readonly amount: number;
}

/** The parts of one vector, in their order. */
export function partsOf({ starts, atoms, coefficients }: Codes, row: number): Part[] {
  return Array.from({ length: starts[row + 1] - starts[row] }, (_, i) => ({
    atom: atoms[starts[row] + i],
    amount: coefficients[starts[row] + i],
  }));
}

/** @returns D: `onto` + `times` · Σ amount · atom */
export function sumOfAtoms(
  dictionary: Dictionary,
  parts: readonly Part[],
  { onto = dictionary.mean, times = 1 }: { readonly onto?: ArrayLike<number>; readonly times?: number } = {},
): Float32Array {
  const sum = Float64Array.from(onto);
  for (const { atom, amount } of parts) {
    const own = atomOf(dictionary, atom);
    for (let d = 0; d < sum.length; d++) sum[d] += times * amount * own[d];
  }
  return Float32Array.from(sum);
}

/**
 * Parts as they may be given: an atom alone is once that atom.
 *
 * @throws NoemaError ATOMS_EMPTY, ATOMS_RANGE, ATOMS_NUMBER
 */
export function partsFrom(given: number | readonly Part[], count: number): readonly Part[] {
  const parts = typeof given === "number" ? [{ atom: given, amount: 1 }] : given;
  checkAtoms(
    parts.map(({ atom }) => atom),
    count,
  );
  const wrong = parts.find(({ amount }) => !Number.isFinite(amount));
  if (wrong !== undefined) {
    throw new NoemaError("ATOMS_NUMBER", {
      where: `amount of atom ${wrong.atom}`,
      found: `${wrong.amount} is no finite number`,
    });
  }
  return parts;
}
