/** @file commandLine: a command as it could be given again in a shell. */
import type { z } from "zod";
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

/** The same, of options as a command has read them: what goes without saying is left out. */
export function commandAgain(
  words: readonly string[],
  schema: z.ZodObject,
  given: Readonly<Record<string, unknown>>,
): string {
  const usual = (field: string) => (schema.shape[field] as z.ZodType).safeParse(undefined).data;
  const chosen = Object.entries(given).filter(([field, value]) => value !== usual(field));
  return commandLine(words, Object.fromEntries(chosen));
}

/** A word that a shell takes as it is, or between quotes. */
export function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
