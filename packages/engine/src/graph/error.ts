/** @file The one error type of Noema: where, what was found, what was needed, what to do, and a stable code. */

export interface ErrorParts {
  /** Where it happened: a node, a file, an option. */
  readonly where?: string;
  /** What was found there. */
  readonly found: string;
  /** What was needed instead. */
  readonly needed?: string;
  /** What the user can do about it. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** An error that a user can act on. `code` is stable across versions; the wording is not. */
export class NoemaError extends Error {
  readonly code: string;
  readonly parts: ErrorParts;

  constructor(code: string, parts: ErrorParts) {
    const head = parts.where === undefined ? parts.found : `${parts.where}: ${parts.found}`;
    const body = parts.needed === undefined ? head : `${head}, ${parts.needed}`;
    const remedy = parts.remedy === undefined ? "" : ` ${parts.remedy}`;
    super(`${body}.${remedy} code: ${code}`, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = "NoemaError";
    this.code = code;
    this.parts = parts;
  }
}

/** Edit distance (Levenshtein 1966) between two names, ignoring case. */
function distance(a: string, b: string): number {
  const [s, t] = [a.toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: t.length + 1 }, (_, j) => j);
  for (let i = 1; i <= s.length; i++) {
    const next = [i];
    for (let j = 1; j <= t.length; j++) {
      const substitute = row[j - 1]! + (s[i - 1] === t[j - 1] ? 0 : 1);
      next.push(Math.min(substitute, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[t.length]!;
}

/**
 * The known names nearest to an unknown one, nearest first: names that contain it (or are contained) come before
 * names that merely look like it.
 *
 * @param count how many to return at most
 */
export function nearestNames(unknown: string, known: Iterable<string>, count = 5): string[] {
  const wanted = unknown.slice(0, 200).toLowerCase();
  const scored = [...new Set(known)].map((name) => {
    const lower = name.slice(0, 200).toLowerCase();
    const contained = wanted.length > 2 && (lower.includes(wanted) || wanted.includes(lower));
    const lengthGap = Math.abs(lower.length - wanted.length);
    return { name, score: contained ? lengthGap / 100 : 1 + (lengthGap > 60 ? lengthGap : distance(lower, wanted)) };
  });
  scored.sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1));
  return scored.slice(0, count).map(({ name }) => name);
}

/** An error for a name that is not known, listing the nearest known ones. */
export function unknownName(code: string, kind: string, name: string, known: Iterable<string>): NoemaError {
  const nearest = nearestNames(name, known);
  return new NoemaError(code, {
    where: `${kind} "${name.slice(0, 200)}"`,
    found: "no such name",
    remedy: nearest.length === 0 ? "None are known here." : `Nearest: ${nearest.map((n) => `"${n}"`).join(", ")}.`,
  });
}
