/** @file pointAt: an error in a text that somebody typed, with a mark under the character. */
import { NoemaError } from "@noema/engine";

/** How much of a long text is shown on either side of the mark. */
const shown = 60;

/**
 * @param what the text is, such as "transforms"
 * @param at the character, counted from 0
 * @param found what is wrong there
 */
export function pointAt(code: string, what: string, text: string, at: number, found: string): NoemaError {
  const [first, last] = [Math.max(0, at - shown), Math.min(text.length, at + shown)];
  // What would move the cursor would move the mark.
  const part = text.slice(first, last).replace(/[\p{C}\s]/gu, (c) => " ".repeat(c.length));
  const before = first > 0 ? "…" : "";
  const line = `${before}${part}${last < text.length ? "…" : ""}`;
  return new NoemaError(code, {
    where: `${what}, character ${at + 1}`,
    found,
    remedy: `\n  ${line}\n  ${" ".repeat(before.length + at - first)}^\n`,
  });
}
