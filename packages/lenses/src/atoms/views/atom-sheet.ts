/** @file atomSheet: what each atom draws: added to the mean or to a picture, and taken away. */
import { type Caption, type Panel, spoken, type View } from "../../panel.js";
import { type ByAtom, usesOf } from "../by-atom.js";
import { checkAtoms, checkCount, checkWhole, countVectors } from "../check-atoms.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { sumOfAtoms } from "../sum-of-atoms.js";
import { type CheckedDecoder, checkedDecoder, checkRoom, type ThoughtDecoder } from "../thought-decoder.js";
import { greyDifference } from "./grey-difference.js";
import { highCoefficient, noAtoms, usualQuantile } from "./high-coefficient.js";

export interface AtomSheetOptions {
  /** Codes of many vectors: they say how much of each atom is usual. */
  readonly codes: ByAtom;
  /** Default: those that vectors have, the most frequent first. */
  readonly atoms?: readonly number[];
  /** So much of an atom is shown that one minus this share of its vectors have more, 0..1. Default 0.95. */
  readonly quantile?: number;
  /** `rows`: a row for each atom, with what it changes. `grid`: many beside each other. Default: rows up to 12 atoms. */
  readonly as?: "rows" | "grid";
  /** Of a grid. Default 16. */
  readonly columns?: number;
  /** What atoms are added to. Default: the dictionary's mean. */
  readonly around?: {
    /** D. */
    readonly vector: Float32Array;
    readonly name?: string;
  };
  /** Default: both, of a non-negative dictionary only what is added. */
  readonly sides?: "both" | "+";
}

export interface AtomSheet extends View {
  /** In the order in which they are shown. */
  readonly atoms: readonly number[];
  /** How much of each was added and taken away. */
  readonly amounts: readonly number[];
}

/** A row each for as many as fit on a page. */
const mostRows = 12;

/**
 * decode(x + a·atom) and decode(x − a·atom): a is the quantile of |coefficient| among the vectors that have the atom, so that a
 * strong but real amount of it is seen. What an atom changes, + less x, is drawn around mid grey.
 *
 * @throws NoemaError ATOMS_EMPTY, ATOMS_RANGE, VECTORS_LENGTH, VECTORS_NUMBERS, ATOMS_NUMBER, ATOMS_COUNT, ATOMS_MANY,
 *   ATOMS_DECODER; what checkDictionary refuses
 */
export async function atomSheet(
  decoder: ThoughtDecoder,
  dictionary: Dictionary,
  options: AtomSheetOptions,
): Promise<AtomSheet> {
  const { codes, quantile = usualQuantile, around, columns = 16 } = options;
  const { atoms = mostUsed(codes), sides = dictionary.nonNegative ? "+" : "both" } = options;
  checkDictionary(dictionary);
  checkCount("codes: atoms", codes.atoms, dictionary.count);
  checkAtoms(atoms, dictionary.count);
  checkWhole("columns", columns, 1);
  const middle = around?.vector ?? dictionary.mean;
  checkCount("around: vectors", countVectors("around", middle, dictionary.length), 1);
  const amounts = atoms.map((atom) => highCoefficient(codes, atom, quantile));
  const looker = checkedDecoder(decoder, dictionary.length);
  const as = options.as ?? (atoms.length <= mostRows ? "rows" : "grid");
  checkRoom(atoms.length * 4, looker.picture);
  const shown: Shown = {
    atoms,
    amounts,
    sides,
    middle,
    name: around === undefined ? "mean" : (around.name ?? "picture"),
  };
  const panels =
    as === "rows"
      ? [await inRows(looker, dictionary, { ...shown, codes })]
      : await inGrid(looker, dictionary, { ...shown, columns });
  return { picture: looker.picture, panels, atoms, amounts };
}

interface Shown {
  readonly atoms: readonly number[];
  readonly amounts: readonly number[];
  readonly sides: "both" | "+";
  readonly middle: Float32Array;
  readonly name: string;
}

async function inRows(
  { decode, size }: CheckedDecoder,
  dictionary: Dictionary,
  { atoms, amounts, sides, middle, name, codes }: Shown & { readonly codes: ByAtom },
): Promise<Panel> {
  const both = sides === "both";
  const signs = both ? [-1, 1] : [1];
  const decoded = await decode([
    middle,
    ...atoms.flatMap((atom, i) =>
      signs.map((sign) => added(dictionary, atom, { onto: middle, times: sign * amounts[i] })),
    ),
  ]);
  const itself = decoded.subarray(0, size);
  const width = signs.length + 2;
  const pictures = new Float32Array(atoms.length * width * size);
  for (const i of atoms.keys()) {
    const of = (k: number) => decoded.subarray((1 + i * signs.length + k) * size, (2 + i * signs.length + k) * size);
    const plus = of(signs.length - 1);
    const cells = [...(both ? [of(0)] : []), itself, plus, greyDifference(plus, itself)];
    for (const [k, cell] of cells.entries()) pictures.set(cell, (i * width + k) * size);
  }
  return {
    axes: { down: "atom", along: both ? `taken away from ${name} and added to it` : `added to ${name}` },
    rows: atoms.map((atom, i) => ({
      text: `atom ${atom}`,
      note: `${both ? "±" : "+"}${spoken(amounts[i])}, ${usedBy(codes, atom)}`,
    })),
    columns: [...(both ? [{ text: "−" }] : []), { text: name }, { text: "+" }, { text: "difference" }],
    pictures,
  };
}

async function inGrid(
  { decode, size }: CheckedDecoder,
  dictionary: Dictionary,
  { atoms, amounts, sides, middle, name, columns }: Shown & { readonly columns: number },
): Promise<Panel[]> {
  const signs = sides === "both" ? [1, -1] : [1];
  const panels: Panel[] = [];
  for (let at = 0; at < atoms.length; at += columns) {
    const some = atoms.slice(at, at + columns);
    const decoded = await decode(
      signs.flatMap((sign) =>
        some.map((atom, i) => added(dictionary, atom, { onto: middle, times: sign * amounts[at + i] })),
      ),
    );
    panels.push({
      axes: { along: "atom", down: `on ${name}` },
      rows: signs.map((sign): Caption => ({ text: sign === 1 ? "+" : "−" })),
      columns: some.map((atom, i) => ({
        text: `${atom}`,
        note: `${sides === "both" ? "±" : "+"}${spoken(amounts[at + i], 2)}`,
      })),
      pictures: decoded.subarray(0, signs.length * some.length * size),
    });
  }
  return panels;
}

function added(dictionary: Dictionary, atom: number, how: { onto: Float32Array; times: number }): Float32Array {
  return sumOfAtoms(dictionary, [{ atom, amount: 1 }], how);
}

/** Of how many vectors, and on which side. */
function usedBy(codes: ByAtom, atom: number): string {
  const { coefficients } = usesOf(codes, atom);
  if (coefficients.length === 0) return "in none";
  const positive = coefficients.filter((c) => c > 0).length / coefficients.length;
  return `in ${spoken((100 * coefficients.length) / codes.vectors, 2)} %, ${spoken(100 * positive, 2)} % of them +`;
}

function mostUsed(codes: ByAtom): number[] {
  if (codes.rows.length === 0) throw noAtoms();
  const uses = (atom: number) => codes.starts[atom + 1] - codes.starts[atom];
  return Array.from({ length: codes.atoms }, (_, atom) => atom)
    .filter((atom) => uses(atom) > 0)
    .sort((a, b) => uses(b) - uses(a) || a - b);
}
