/** @file Atoms as they are typed: 17,3 for some of them, 17:1,3:-0.5 for sums. */
import { NoemaError } from "@noema/engine";
import type { Part } from "@noema/lenses";

/** So many are asked for at once at most. */
const most = 4096;

/**
 * Reads 17,3,40.
 *
 * @param count how many atoms there are
 * @throws NoemaError OPTION_VALUE, ATOM_UNKNOWN
 */
export function readAtoms(text: string, count: number, option = "--atoms"): number[] {
  const words = text.split(",");
  if (words.length > most || !words.every((word) => /^\d{1,10}$/.test(word))) {
    throw new NoemaError("OPTION_VALUE", {
      where: option,
      found: `"${text.slice(0, 100)}"`,
      needed: "numbers of atoms joined by commas, as in 17,3",
    });
  }
  return words.map((word) => checked(Number(word), count, option));
}

/**
 * Reads 17:1,3:-0.5/8, which are two sums; an atom without an amount is once that atom.
 *
 * @throws NoemaError OPTION_VALUE, ATOM_UNKNOWN
 */
export function readSums(text: string, count: number, option = "--add"): Part[][] {
  const sums = text.split("/").map((sum) => sum.split(","));
  const refused = (found: string) =>
    new NoemaError("OPTION_VALUE", {
      where: option,
      found,
      needed: "atoms with an amount each, joined by commas, as in 17:1,3:-0.5; further sums after a /",
    });
  if (sums.flat().length > most) throw refused(`${sums.flat().length} atoms`);
  return sums.map((sum) =>
    sum.map((word) => {
      const [, atom, amount = "1"] = /^(\d{1,10})(?::([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?))?$/i.exec(word) ?? [];
      if (atom === undefined || !Number.isFinite(Number(amount))) throw refused(`"${word.slice(0, 100)}"`);
      return { atom: checked(Number(atom), count, option), amount: Number(amount) };
    }),
  );
}

/**
 * Reads 17,-3: atoms, and on which side.
 *
 * @throws NoemaError OPTION_VALUE, ATOM_UNKNOWN
 */
export function readSides(text: string, count: number, option = "--atom"): { atom: number; sign: 1 | -1 }[] {
  const words = text.split(",");
  if (words.length > 64 || !words.every((word) => /^[+-]?\d{1,10}$/.test(word))) {
    throw new NoemaError("OPTION_VALUE", {
      where: option,
      found: `"${text.slice(0, 100)}"`,
      needed:
        "numbers of atoms joined by commas, with a minus for pictures that have less than nothing of one, as in 17,-3",
    });
  }
  return words.map((word) => ({
    atom: checked(Number(word.replace(/^[+-]/, "")), count, option),
    sign: word.startsWith("-") ? -1 : 1,
  }));
}

function checked(atom: number, count: number, option: string): number {
  if (atom < count) return atom;
  throw new NoemaError("ATOM_UNKNOWN", {
    where: option,
    found: `there is no atom ${atom}`,
    needed: `there are ${count}: 0 to ${count - 1}`,
  });
}
