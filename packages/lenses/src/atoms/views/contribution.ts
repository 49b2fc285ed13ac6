/** @file contribution: what each atom of a picture does in it: the picture without the atom, what that changes, and the atom alone. */
import { type Panel, signed, type View } from "../../panel.js";
import { checkAmounts, checkAtoms, checkRows, checkUsableCodes, checkWhole } from "../check-atoms.js";
import type { Codes } from "../codes.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { type Part, partsOf, sumOfAtoms } from "../sum-of-atoms.js";
import { checkedDecoder, checkRoom, type ThoughtDecoder } from "../thought-decoder.js";
import { greyDifference } from "./grey-difference.js";
import { checkNamed, type NamedPictures, nameOf, originalOf } from "./picture-names.js";

export interface ContributionOptions extends NamedPictures {
  /** Of N vectors. */
  readonly codes: Codes;
  /** Which of them. Default: all. */
  readonly rows?: readonly number[];
  /** Of which atoms. Default: of those that the vector has, the strongest first. */
  readonly atoms?: readonly number[];
  /** At most so many atoms of a vector, unless they are named. Default 12. */
  readonly most?: number;
  /** What differences from mid grey are multiplied with. Default 1. */
  readonly gain?: number;
}

/**
 * A panel for each vector, a row for each atom: decode(code without it), 0.5 + gain · (decode(code) − decode(code without it)), and
 * decode(mean + its part). The decoder is not linear: what an atom does here need not be what it does elsewhere.
 *
 * @throws NoemaError ATOMS_EMPTY, ATOMS_CODES, CODES_SHAPE, VECTORS_LENGTH, VECTORS_NUMBERS, ATOMS_NUMBER, ATOMS_COUNT,
 *   ATOMS_RANGE, ATOMS_MANY, ATOMS_DECODER; what checkDictionary refuses
 */
export async function contribution(
  decoder: ThoughtDecoder,
  dictionary: Dictionary,
  options: ContributionOptions,
): Promise<View> {
  const { codes, atoms, most = 12, gain = 1 } = options;
  checkDictionary(dictionary);
  checkUsableCodes(codes, dictionary.count);
  const { rows = Array.from({ length: codes.vectors }, (_, row) => row) } = options;
  checkRows(rows, codes.vectors);
  if (atoms !== undefined) checkAtoms(atoms, dictionary.count);
  checkWhole("most", most, 1);
  checkAmounts("gain", [gain]);
  const { picture, size, decode } = checkedDecoder(decoder, dictionary.length);
  checkNamed(options, codes.vectors, picture);
  const shown = rows.map((row) => ({ row, parts: partsOf(codes, row) }));
  const chosen = shown.map(({ parts }) => (atoms === undefined ? strongest(parts, most) : among(parts, atoms)));
  checkRoom(3 * chosen.reduce((sum, own) => sum + own.length, 0), picture);
  const panels: Panel[] = [];
  for (const [i, { row, parts }] of shown.entries()) {
    const own = chosen[i];
    const decoded = await decode([
      sumOfAtoms(dictionary, parts),
      ...own.map(({ atom }) =>
        sumOfAtoms(
          dictionary,
          parts.filter((part) => part.atom !== atom),
        ),
      ),
      ...own.map((part) => sumOfAtoms(dictionary, [part])),
    ]);
    const of = (place: number) => decoded.subarray(place * size, (place + 1) * size);
    const pictures = new Float32Array(3 * own.length * size);
    for (const k of own.keys()) {
      const cells = [of(1 + k), greyDifference(of(0), of(1 + k), gain), of(1 + own.length + k)];
      for (const [column, cell] of cells.entries()) pictures.set(cell, (3 * k + column) * size);
    }
    panels.push({
      heading: { text: nameOf(options, row), ...(own.length === 0 ? { note: "has no atoms" } : {}) },
      from: [...originalOf(options, row, size), { text: "all its atoms", picture: of(0).slice() }],
      axes: { down: "atom" },
      rows: own.map(({ atom, amount }) => ({
        text: `atom ${atom}`,
        note: amount === 0 ? "not in this picture" : signed(amount),
      })),
      columns: [{ text: "without it" }, { text: "what it does" }, { text: "alone" }],
      pictures,
    });
  }
  return { picture, panels };
}

function strongest(parts: readonly Part[], most: number): Part[] {
  return [...parts].sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount) || a.atom - b.atom).slice(0, most);
}

/** The parts of these atoms; 0 of one that the vector has not. */
function among(parts: readonly Part[], atoms: readonly number[]): Part[] {
  return atoms.map((atom) => parts.find((part) => part.atom === atom) ?? { atom, amount: 0 });
}
