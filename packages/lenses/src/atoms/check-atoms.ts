/** @file Checks of what lenses of atoms are given: vectors, codes, numbers of atoms and of rows. */
import { NoemaError } from "@noema/engine";
import { checkVectors } from "./check-vectors.js";
import { type Codes, checkCodes } from "./codes.js";

/**
 * How many vectors these are, one or more.
 *
 * @param what messages call them
 * @param length D: numbers of a vector
 * @throws NoemaError ATOMS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS
 */
export function countVectors(what: string, vectors: Float32Array, length: number): number {
  if (!(vectors instanceof Float32Array)) {
    throw new NoemaError("VECTORS_LENGTH", {
      where: what,
      found: "something else than a Float32Array",
      needed: `${length} numbers for each vector`,
    });
  }
  if (vectors.length === 0) throw new NoemaError("ATOMS_EMPTY", { where: what, found: "there are none" });
  return checkVectors(vectors, length, what);
}

/** @throws NoemaError ATOMS_NUMBER */
export function checkFinite(what: string, numbers: ArrayLike<number>): void {
  for (let i = 0; i < numbers.length; i++) {
    if (Number.isFinite(numbers[i])) continue;
    throw new NoemaError("ATOMS_NUMBER", { where: `${what}, number ${i}`, found: `${numbers[i]} is no finite number` });
  }
}

/** One or more finite numbers. @throws NoemaError ATOMS_EMPTY, ATOMS_NUMBER */
export function checkAmounts(what: string, amounts: readonly number[]): void {
  if (amounts.length === 0) throw new NoemaError("ATOMS_EMPTY", { where: what, found: "there are none" });
  checkFinite(what, amounts);
}

/** @throws NoemaError ATOMS_COUNT: there are not as many as are needed */
export function checkCount(what: string, found: number, needed: number): void {
  if (found === needed) return;
  throw new NoemaError("ATOMS_COUNT", {
    where: what,
    found: `there ${found === 1 ? "is" : "are"} ${found}`,
    needed: `${needed} ${needed === 1 ? "is" : "are"} needed`,
  });
}

/** A whole number of at least `least`. @throws NoemaError ATOMS_RANGE */
export function checkWhole(what: string, value: number, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const needed = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `${least} to ${most}`;
  throw new NoemaError("ATOMS_RANGE", {
    where: what,
    found: `${value}`,
    needed: `it must be a whole number, ${needed}`,
  });
}

/** A share: 0 … 1. @throws NoemaError ATOMS_RANGE */
export function checkShare(what: string, value: number): void {
  if (value >= 0 && value <= 1) return;
  throw new NoemaError("ATOMS_RANGE", { where: what, found: `${value}`, needed: "it must be 0 to 1" });
}

/**
 * One or more atoms that there are.
 *
 * @param count A: how many there are
 * @throws NoemaError ATOMS_EMPTY, ATOMS_RANGE
 */
export function checkAtoms(atoms: readonly number[], count: number): void {
  checkPlaces(atoms, count, ["atom", "atoms"]);
}

/** One or more rows that there are. @throws NoemaError ATOMS_EMPTY, ATOMS_RANGE */
export function checkRows(rows: readonly number[], count: number): void {
  checkPlaces(rows, count, ["vector", "vectors"]);
}

function checkPlaces(places: readonly number[], count: number, [one, many]: readonly [string, string]): void {
  if (places.length === 0) throw new NoemaError("ATOMS_EMPTY", { where: many, found: "none was named" });
  const wrong = places.find((place) => !(Number.isInteger(place) && place >= 0 && place < count));
  if (wrong === undefined) return;
  throw new NoemaError("ATOMS_RANGE", {
    where: `${one} ${wrong}`,
    found: `there ${count === 1 ? "is one" : `are ${count}`}`,
    needed: count === 1 ? "it is 0" : `0 to ${count - 1}`,
  });
}

/**
 * Codes of one vector or more, in finite numbers, no atom twice in a vector.
 *
 * @param count A: how many atoms there are
 * @throws NoemaError ATOMS_EMPTY, ATOMS_CODES, ATOMS_NUMBER, CODES_SHAPE
 */
export function checkUsableCodes(codes: Codes, count: number): void {
  checkCodes(codes, count);
  const { vectors, starts, atoms, coefficients } = codes;
  if (vectors === 0) throw new NoemaError("ATOMS_EMPTY", { where: "codes", found: "there are none" });
  const last = new Float64Array(count).fill(-1);
  for (let row = 0; row < vectors; row++) {
    for (let at = starts[row]; at < starts[row + 1]; at++) {
      if (last[atoms[at]] === row) {
        throw new NoemaError("ATOMS_CODES", {
          where: "codes",
          found: `vector ${row} has atom ${atoms[at]} twice`,
          needed: "once, with all of it",
        });
      }
      last[atoms[at]] = row;
    }
  }
  checkFinite("coefficients of codes", coefficients);
}
