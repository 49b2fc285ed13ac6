/** @file steer: atoms added to pictures' vectors, less and more of them. */
import { rowOf } from "../../factors/label-vectors.js";
import { type Panel, signed, spoken, type View } from "../../panel.js";
import { checkAmounts, countVectors } from "../check-atoms.js";
import { checkDictionary, type Dictionary } from "../dictionary.js";
import { type Part, partsFrom, sumOfAtoms } from "../sum-of-atoms.js";
import { type CheckedDecoder, checkedDecoder, checkRoom, type ThoughtDecoder } from "../thought-decoder.js";
import { checkNamed, type NamedPictures, nameOf } from "./picture-names.js";

export interface SteerOptions extends NamedPictures {
  /** N×D. */
  readonly vectors: Float32Array;
  /** What is added, a panel each: an atom, or a sum of several with an amount of each. */
  readonly add: readonly (number | readonly Part[])[];
  /** How many times it is added; 0 is the picture as it is decoded. Such as `evenValues(-a, a, 7)`, a from `highCoefficient`. */
  readonly amounts: readonly number[];
}

/**
 * A panel for each atom or sum, a row for each picture, a column for each amount. The vector itself is steered, not its code: what
 * the code leaves out stays in the picture.
 *
 * @throws NoemaError ATOMS_EMPTY, VECTORS_LENGTH, VECTORS_NUMBERS, ATOMS_NUMBER, ATOMS_COUNT, ATOMS_RANGE, ATOMS_MANY,
 *   ATOMS_DECODER; what checkDictionary refuses
 */
export async function steer(decoder: ThoughtDecoder, dictionary: Dictionary, options: SteerOptions): Promise<View> {
  const { vectors, add, amounts } = options;
  checkDictionary(dictionary);
  const count = countVectors("vectors", vectors, dictionary.length);
  checkAmounts("amounts", amounts);
  checkAmounts(
    "what is added",
    add.map(() => 0),
  );
  const looker = checkedDecoder(decoder, dictionary.length);
  checkNamed(options, count, looker.picture);
  checkRoom(add.length * count * amounts.length, looker.picture);
  const panels: Panel[] = [];
  for (const given of add) {
    const parts = partsFrom(given, dictionary.count);
    const direction = sumOfAtoms(dictionary, parts, { onto: new Float32Array(dictionary.length) });
    panels.push({
      heading: { text: inWords(parts) },
      ...(await steered(looker, direction, { ...options, count })),
    });
  }
  return { picture: looker.picture, panels };
}

/** One direction added to vectors, by the amounts. */
export async function steered(
  { decode, size }: CheckedDecoder,
  direction: Float32Array,
  options: NamedPictures & {
    readonly vectors: Float32Array;
    readonly amounts: readonly number[];
    readonly count: number;
  },
): Promise<Panel> {
  const { vectors, amounts, count } = options;
  const all = Array.from({ length: count }, (_, row) => row);
  const still = amounts.flatMap((amount, column) => (amount === 0 ? [column] : []));
  return {
    axes: { down: "picture", along: "how many times it is added" },
    rows: all.map((row) => ({
      text: nameOf(options, row),
      ...(options.pictures === undefined ? {} : { picture: rowOf(options.pictures, row, size).slice() }),
    })),
    columns: amounts.map((amount) => ({ text: signed(amount) })),
    pictures: await decode(
      all.flatMap((row) => {
        const own = rowOf(vectors, row, direction.length);
        return amounts.map((amount) => own.map((v, d) => v + amount * direction[d]));
      }),
    ),
    marked: all.flatMap((row) => still.map((column) => row * amounts.length + column)),
  };
}

/** Such as "atom 3" or "atom 3 − 0.5 · atom 7". */
function inWords(parts: readonly Part[]): string {
  return parts
    .map(({ atom, amount }, i) => {
      const size = Math.abs(amount);
      const own = size === 1 ? `atom ${atom}` : `${spoken(size)} · atom ${atom}`;
      return i === 0 ? `${amount < 0 ? "−" : ""}${own}` : `${amount < 0 ? "−" : "+"} ${own}`;
    })
    .join(" ");
}
