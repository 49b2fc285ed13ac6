/** @file retrieval: which atom alone finds the vectors of a known value, such as sunglasses, and how well on others than it was chosen by. */
import { NoemaError } from "@noema/engine";
import type { Halves } from "../../dream/directions/labelling.js";
import { averagePrecisions, beyondChance, chancePrecision, type Ranking } from "../../dream/directions/ranking.js";
import { type ByAtom, usesOf } from "../by-atom.js";
import { checkCount } from "../check-atoms.js";

/** Something that is known of vectors, such as the glasses of the picture that each is of. */
export interface VectorFactor {
  readonly name: string;
  /** Names of its values. */
  readonly values: readonly string[];
  /** N: which value each vector has; −1 where it is not known. */
  readonly of: ArrayLike<number>;
}

/** An atom on one side, and how well its coefficients find the vectors of a value. */
interface Found {
  readonly factor: string;
  readonly value: string;
  readonly atom: number;
  /** 1: vectors with most of it come first; −1: those with most of its opposite. */
  readonly sign: 1 | -1;
  /** Average precision where it was chosen, 0..1: too good by the choice. */
  readonly chosenBy: number;
  /** Average precision on vectors that had no part in the choice, 0..1. */
  readonly precision: number;
  /** What a random order gives there. */
  readonly chance: number;
  /** Of how many vectors. */
  readonly of: number;
  /** How many of them have the value. */
  readonly count: number;
}

export interface Retrieval {
  /** The best atom of each value, in the order of factors and their values. */
  readonly values: readonly Found[];
  /** The value that each atom finds best, beyond chance; by atom, without those that no vector has where it is chosen. */
  readonly atoms: readonly Found[];
  /** Values of which a half has fewer than two vectors, or no vectors of others. */
  readonly unmeasured: readonly { readonly factor: string; readonly value: string }[];
}

export interface RetrievalOptions {
  readonly factors: readonly VectorFactor[];
  /** Where atoms are chosen, and where they are measured. */
  readonly halves: Halves;
}

/** Of a value in each half: one would be found by whatever has its name. */
const leastOfValue = 2;

/**
 * Average precision of every atom's coefficients for every value, from above and from below. A vector without the atom has 0 of it,
 * and all such vectors are one step of the ranking, as in scikit-learn's average_precision_score: that there are many of them is
 * neither for nor against the atom. Only sides on which vectors have an atom count: that a value is found by what is missing says
 * nothing about the atom.
 *
 * @throws NoemaError ATOMS_EMPTY, ATOMS_COUNT, ATOMS_FACTOR
 */
export function retrieval(codes: ByAtom, { factors, halves }: RetrievalOptions): Retrieval {
  checkFactors(factors, codes.vectors);
  const [choosing, measuring] = [halves.choosing, halves.measuring].map((rows) => halfOf(factors, rows, codes));
  if (choosing.sides.every((own) => own.length === 0)) {
    throw new NoemaError("ATOMS_EMPTY", {
      where: "codes of the half where atoms are chosen",
      found: "no vector has any",
    });
  }
  const usable = factors.map(({ values }, f) =>
    values.map((_, value) =>
      [choosing, measuring].every(({ totals, known }) => {
        const count = totals[f][value];
        return count >= leastOfValue && count < known[f];
      }),
    ),
  );
  const told = (f: number, value: number, place: Place): Found => ({
    factor: factors[f].name,
    value: factors[f].values[value],
    ...{ atom: place.atom, sign: place.sign },
    chosenBy: precisionAt(choosing, f, value, place),
    precision: precisionAt(measuring, f, value, place),
    chance: measuring.chances[f][value],
    of: measuring.known[f],
    count: measuring.totals[f][value],
  });
  const values: Found[] = [];
  const unmeasured: { factor: string; value: string }[] = [];
  const best = new Map<number, { f: number; value: number; sign: 1 | -1; score: number }>();
  for (const [f, factor] of factors.entries()) {
    for (const [value, name] of factor.values.entries()) {
      if (!usable[f][value]) {
        unmeasured.push({ factor: factor.name, value: name });
        continue;
      }
      let [most, place]: [number, Place] = [-1, { atom: 0, sign: 1 }];
      for (let atom = 0; atom < codes.atoms; atom++) {
        for (const sign of choosing.sides[atom]) {
          const precision = precisionAt(choosing, f, value, { atom, sign });
          if (precision > most) [most, place] = [precision, { atom, sign }];
          const score = beyondChance(precision, choosing.chances[f][value]);
          if (score > (best.get(atom)?.score ?? Number.NEGATIVE_INFINITY)) best.set(atom, { f, value, sign, score });
        }
      }
      values.push(told(f, value, place));
    }
  }
  const atoms = [...best].sort(([a], [b]) => a - b).map(([atom, { f, value, sign }]) => told(f, value, { atom, sign }));
  return { values, atoms, unmeasured };
}

interface Place {
  readonly atom: number;
  readonly sign: 1 | -1;
}

interface Half {
  /** By factor: how many vectors have each value, and one at all. */
  readonly totals: readonly Float64Array[];
  readonly known: readonly number[];
  /** By factor, V each. */
  readonly chances: readonly Float64Array[];
  /** By factor, A×2×V: from above, then from below. */
  readonly precisions: readonly Float64Array[];
  /** By atom: the signs of its coefficients. */
  readonly sides: readonly (readonly (1 | -1)[])[];
}

function precisionAt({ precisions, totals }: Half, f: number, value: number, { atom, sign }: Place): number {
  return precisions[f][(2 * atom + (sign === 1 ? 0 : 1)) * totals[f].length + value];
}

function halfOf(factors: readonly VectorFactor[], rows: Uint32Array, codes: ByAtom): Half {
  const inside = new Uint8Array(codes.vectors);
  for (const row of rows) inside[row] = 1;
  const totals = factors.map(({ values, of }) => {
    const counts = new Float64Array(values.length);
    for (const row of rows) if (of[row] >= 0) counts[of[row]]++;
    return counts;
  });
  const known = totals.map((counts) => counts.reduce((sum, count) => sum + count, 0));
  const precisions = factors.map(({ values }) => new Float64Array(codes.atoms * 2 * values.length));
  const sides: (readonly (1 | -1)[])[] = [];
  for (let atom = 0; atom < codes.atoms; atom++) {
    const { rows: all, coefficients } = usesOf(codes, atom);
    const places: number[] = [];
    for (let i = 0; i < all.length; i++) if (inside[all[i]] === 1) places.push(i);
    places.sort((a, b) => coefficients[b] - coefficients[a]);
    sides.push(([1, -1] as const).filter((sign) => places.some((i) => sign * coefficients[i] > 0)));
    const above = { rows: places.map((i) => all[i]), strengths: places.map((i) => coefficients[i]) };
    const below = { rows: [...above.rows].reverse(), strengths: [...above.strengths].reverse().map((c) => -c) };
    for (const [f, factor] of factors.entries()) {
      for (const [side, falling] of [above, below].entries()) {
        precisions[f].set(precisionsOf(falling, factor, totals[f]), (2 * atom + side) * factor.values.length);
      }
    }
  }
  return {
    ...{ totals, known, precisions, sides },
    chances: totals.map((counts, f) => counts.map((count) => chancePrecision(count, known[f]))),
  };
}

/** Vectors that have an atom, by falling coefficient. */
interface Falling {
  readonly rows: readonly number[];
  readonly strengths: readonly number[];
}

/**
 * All the vectors at 0 stand for as many places as there are values, each of the weight of those that have it: the ranking is as
 * long as the vectors that have the atom, not as all of them.
 */
function precisionsOf({ rows, strengths }: Falling, { values, of }: VectorFactor, totals: Float64Array): Float64Array {
  const middle = strengths.findIndex((strength) => strength < 0);
  const before = middle < 0 ? rows.length : middle;
  const length = rows.length + values.length;
  const order = Uint32Array.from({ length }, (_, i) => i);
  const tied = new Uint8Array(length);
  const labels = new Int32Array(length);
  const weights = new Float64Array(length).fill(1);
  weights.set(totals, before);
  for (let i = 0; i < rows.length; i++) {
    const at = i < before ? i : i + values.length;
    labels[at] = of[rows[i]];
    if (labels[at] >= 0) weights[before + labels[at]]--;
    if (i > 0 && i !== before && strengths[i] === strengths[i - 1]) tied[at] = 1;
  }
  for (let value = 0; value < values.length; value++) {
    labels[before + value] = value;
    tied[before + value] = value === 0 ? 0 : 1;
  }
  const ranking: Ranking = { order, tied };
  return averagePrecisions(ranking, labels, values.length, weights);
}

function checkFactors(factors: readonly VectorFactor[], count: number): void {
  if (factors.length === 0) throw new NoemaError("ATOMS_EMPTY", { where: "factors", found: "there are none" });
  for (const { name, values, of } of factors) {
    checkCount(`factor "${name}": values of vectors`, of.length, count);
    for (let row = 0; row < count; row++) {
      if (Number.isInteger(of[row]) && of[row] >= -1 && of[row] < values.length) continue;
      throw new NoemaError("ATOMS_FACTOR", {
        where: `factor "${name}", vector ${row}`,
        found: `${of[row]}`,
        needed: `it must be 0 to ${values.length - 1}, or −1 where it is not known`,
      });
    }
  }
}
