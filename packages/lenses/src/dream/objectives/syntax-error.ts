/** @file Errors in a text, with a mark under the character. */
import { NoemaError } from "@noema/engine";

/** How much of a long text is shown on either side of the mark. */
const shown = 60;

/**
 * @param at the character, counted from 0
 * @param found what is wrong there
 * @param kind what the text is
 */
export function syntaxError(code: string, text: string, at: number, found: string, kind = "objective"): NoemaError {
  const first = at > shown ? at - shown : 0;
  const last = Math.min(text.length, at + shown);
  // What moves the cursor would move the mark away, or worse.
  const part = text.slice(first, last).replace(/[\p{C}\s]/gu, (c) => " ".repeat(c.length));
  const before = first > 0 ? "…" : "";
  const line = `${before}${part}${last < text.length ? "…" : ""}`;
  return new NoemaError(code, {
    where: `${kind}, character ${at + 1}`,
    found,
    remedy: `\n  ${line}\n  ${" ".repeat(before.length + at - first)}^\n`,
  });
}
