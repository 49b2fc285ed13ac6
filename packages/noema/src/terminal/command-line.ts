/** @file commandLine: a command as it could be given again in a shell. */
import { optionName } from "./option-specs.js";

/**
 * @param words the command itself and what stands by its place
 * @param given values of its other options, by field; those that are undefined were not given
 */
export function commandLine(words: readonly string[], given: Readonly<Record<string, unknown>>): string {
  const options = Object.entries(given).flatMap(([field, value]) => {
    if (value === undefined) return [];
    const name = optionName(field);
    if (typeof value === "boolean") return [value ? `--${name}` : `--no-${name}`];
    // What begins with dashes is read as another option where it stands alone.
    const between = String(value).startsWith("--") ? "=" : " ";
    return [`--${name}${between}${quoted(String(value))}`];
  });
  return [...words, ...options].join(" ");
}

/** A word that a shell takes as it is, or between quotes. */
export function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
