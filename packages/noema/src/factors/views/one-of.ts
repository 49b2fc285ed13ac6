/** @file oneOf: a word that must be one of some. */
import { unknownName } from "@noema/engine";

/** @throws NoemaError OPTION_VALUE */
export function oneOf<T extends string>(where: string, word: string, known: readonly T[]): T {
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  throw unknownName("OPTION_VALUE", where, word, known);
}
