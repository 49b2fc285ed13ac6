/** @file Lists of whole numbers as they are typed: 0..3,10. */
import { NoemaError } from "@noema/engine";

/** More than this was a mistake. */
const longest = 10_000;

/**
 * Reads whole numbers and ranges with both their ends, joined by commas, each number once.
 *
 * @param where the option
 * @param least the smallest number that may be in it
 * @throws NoemaError OPTION_VALUE
 */
export function readNumbers(text: string, where: string, { least, most }: { least: number; most: number }): number[] {
  const refused = (found: string) =>
    new NoemaError("OPTION_VALUE", {
      where,
      found,
      needed: `it must be whole numbers from ${least} to ${most} and ranges of them, as in 0..3,10`,
    });
  const numbers = new Set<number>();
  for (const part of text.split(",")) {
    const [, first, last = first] = /^\s*(\d{1,16})(?:\.\.(\d{1,16}))?\s*$/.exec(part) ?? [];
    if (first === undefined) throw refused(`"${part}"`);
    const [from, to] = [Number(first), Number(last)];
    if (from < least || to < least || from > most || to > most) throw refused(`"${part}"`);
    if (Math.abs(to - from) + 1 + numbers.size > longest) throw refused(`more than ${longest} numbers`);
    for (let i = 0; i <= Math.abs(to - from); i++) numbers.add(from < to ? from + i : from - i);
  }
  return [...numbers];
}
