/** @file factorOf: a factor from what is written of each picture. */
import type { Factor } from "../dataset.js";

/** What is known of each of a list of pictures, in words. */
export interface FactorTexts {
  readonly name: string;
  readonly texts: readonly string[];
  /** All values that there may be, where they have an order of their own. */
  readonly order?: readonly string[] | undefined;
}

/**
 * Its values are those that occur: in their own order, else by size where all are numbers, else in the order of their
 * code units, so that the order of the files does not matter.
 *
 * @param of indices of the pictures that it is about
 */
export function factorOf({ name, texts, order }: FactorTexts, of: readonly number[]): Factor {
  const present = new Set(of.map((i) => texts[i]));
  const values = order?.filter((value) => present.has(value)) ?? sorted([...present]);
  const places = new Map(values.map((value, i) => [value, i]));
  return { name, values, of: Int32Array.from(of, (i) => places.get(texts[i])!) };
}

function sorted(values: string[]): string[] {
  const numbers = values.every((value) => /^[+-]?\d+([.]\d+)?$/.test(value));
  const codeUnits = (a: string, b: string) => (a < b ? -1 : 1);
  return values.sort(numbers ? (a, b) => Number(a) - Number(b) || codeUnits(a, b) : codeUnits);
}
