/** @file Neighbours of atoms: those that point the same or the opposite way, and those that the same vectors have. */
import { checkAtoms, checkUsableCodes, checkWhole } from "../check-atoms.js";
import type { Codes } from "../codes.js";
import { atomOf, checkDictionary, type Dictionary } from "../dictionary.js";

export interface CosineNeighbour {
  readonly atom: number;
  /** −1 … 1. */
  readonly cosine: number;
}

export interface CosineNeighbours {
  readonly atom: number;
  /** The largest cosines first. */
  readonly nearest: readonly CosineNeighbour[];
  /** The smallest first: an atom at −1 says the opposite. */
  readonly opposite: readonly CosineNeighbour[];
}

interface NeighbourOptions {
  /** Whose neighbours. Default: each. */
  readonly of?: readonly number[];
  /** So many for each. Default 5. */
  readonly count?: number;
}

/** @throws NoemaError ATOMS_EMPTY, ATOMS_RANGE; what checkDictionary refuses */
export function cosineNeighbours(dictionary: Dictionary, options: NeighbourOptions = {}): CosineNeighbours[] {
  checkDictionary(dictionary);
  const { of, count } = chosen(options, dictionary.count);
  const cosines = new Float64Array(dictionary.count);
  return of.map((atom) => {
    const own = atomOf(dictionary, atom);
    for (let other = 0; other < dictionary.count; other++) {
      const one = atomOf(dictionary, other);
      let sum = 0;
      for (let d = 0; d < own.length; d++) sum += own[d] * one[d];
      cosines[other] = Math.min(1, Math.max(-1, sum));
    }
    const others = everyOther(atom, dictionary.count).sort((a, b) => cosines[b] - cosines[a] || a - b);
    const told = (other: number) => ({ atom: other, cosine: cosines[other] });
    return {
      atom,
      nearest: others.slice(0, count).map(told),
      opposite: others
        .slice(-count)
        .sort((a, b) => cosines[a] - cosines[b] || a - b)
        .map(told),
    };
  });
}

export interface CoactivationOptions extends NeighbourOptions {
  /**
   * What comes first. `jaccard`: whichever are had together most of the time that either is. `lift`: whichever are had together
   * more often than by chance, however rare they are.
   */
  readonly by?: "jaccard" | "lift";
  /** Pairs that fewer vectors have are passed over. Default: by jaccard 1, by lift 6. */
  readonly least?: number;
}

export interface Coactivation {
  readonly atom: number;
  /** How many vectors have both. */
  readonly both: number;
  /** Of those that have one or the other, 0..1. */
  readonly jaccard: number;
  /** How many times as many have both as if they were independent. */
  readonly lift: number;
  /** Pointwise mutual information, in bits: log2 of the lift. */
  readonly information: number;
}

export interface Coactivations {
  readonly atom: number;
  /** Fewer than asked for where no other atom is ever had with it. */
  readonly together: readonly Coactivation[];
}

/** Ratios of rarer pairs are mostly chance: Church and Hanks 1990, who introduced the measure, leave out pairs seen 5 times or less. */
const leastForLift = 6;

/** Counts of pairs that are kept at once: 64 MiB. */
const mostCounts = 2 ** 24;

/**
 * Atoms that the same vectors have, whatever the sign of their coefficients.
 *
 * @param atoms A: how many there are
 * @throws NoemaError ATOMS_EMPTY, ATOMS_CODES, CODES_SHAPE, ATOMS_RANGE, ATOMS_NUMBER
 */
export function coactivations(
  codes: Codes,
  options: CoactivationOptions & { readonly atoms: number },
): Coactivations[] {
  const { atoms, by = "jaccard", least = by === "lift" ? leastForLift : 1 } = options;
  checkUsableCodes(codes, atoms);
  checkWhole("least", least, 1);
  const { of, count } = chosen(options, atoms);
  const uses = new Uint32Array(atoms);
  for (let at = 0; at < codes.atoms.length; at++) if (codes.coefficients[at] !== 0) uses[codes.atoms[at]]++;
  const together: Coactivations[] = [];
  const some = Math.max(1, Math.floor(mostCounts / atoms));
  for (let from = 0; from < of.length; from += some) {
    const part = of.slice(from, from + some);
    const pairs = countPairs(codes, part, atoms);
    for (const [slot, atom] of part.entries()) {
      const found = everyOther(atom, atoms)
        .map((other) =>
          pairOf({ atom: other, both: pairs[slot * atoms + other] }, uses[atom], uses[other], codes.vectors),
        )
        .filter(({ both }) => both >= least)
        .sort((a, b) => b[by] - a[by] || b.both - a.both || a.atom - b.atom);
      together.push({ atom, together: found.slice(0, count) });
    }
  }
  return together;
}

/** part × A: how many vectors have the one and the other. */
function countPairs({ vectors, starts, atoms, coefficients }: Codes, part: readonly number[], count: number) {
  const slots = new Int32Array(count).fill(-1);
  for (const [slot, atom] of part.entries()) slots[atom] = slot;
  const pairs = new Uint32Array(part.length * count);
  for (let row = 0; row < vectors; row++) {
    for (let one = starts[row]; one < starts[row + 1]; one++) {
      const slot = slots[atoms[one]];
      if (slot < 0 || coefficients[one] === 0) continue;
      for (let other = starts[row]; other < starts[row + 1]; other++) {
        if (coefficients[other] !== 0) pairs[slot * count + atoms[other]]++;
      }
    }
  }
  return pairs;
}

function pairOf(pair: { atom: number; both: number }, own: number, other: number, vectors: number): Coactivation {
  const { both } = pair;
  const lift = both === 0 ? 0 : (both * vectors) / (own * other);
  return { ...pair, jaccard: both === 0 ? 0 : both / (own + other - both), lift, information: Math.log2(lift) };
}

/** Which atoms, none twice. */
function chosen({ of, count = 5 }: NeighbourOptions, atoms: number) {
  checkWhole("count", count, 1);
  if (of !== undefined) checkAtoms(of, atoms);
  return { of: of === undefined ? Array.from({ length: atoms }, (_, atom) => atom) : [...new Set(of)], count };
}

function everyOther(atom: number, count: number): number[] {
  return Array.from({ length: count - 1 }, (_, i) => (i < atom ? i : i + 1));
}
