/** @file Which class a word means, where the labels of the classes are known. */
import { nearestNames } from "@noema/engine";

/** How many labels a message lists. */
const listed = 8;

/** The class, or why there is none. */
export type FoundClass = { readonly index: number } | { readonly code: string; readonly found: string };

/**
 * The one class whose label is this, or one of its parts between commas; else the one whose label holds it as words; else the
 * one that holds it at all. Upper and lower case, hyphens and underscores do not matter.
 *
 * @param labels one per class, in order
 */
export function findClass(wanted: string, labels: readonly string[]): FoundClass {
  const word = plain(wanted);
  const candidates = labels.map((label, index) => ({ index, text: plain(label), parts: label.split(",").map(plain) }));
  const tests: ((label: (typeof candidates)[number]) => boolean)[] = [
    ({ text, parts }) => text === word || parts.includes(word),
    ({ text }) => ` ${text.replaceAll(",", " ")} `.includes(` ${word} `),
    ({ text }) => text.includes(word),
  ];
  for (const test of tests) {
    const found = word === "" ? [] : candidates.filter(test);
    if (found.length === 1) return { index: found[0].index };
    if (found.length > 1) return { code: "LABEL_AMBIGUOUS", found: ambiguous(wanted, found, labels) };
  }
  const nearest = nearestNames(wanted, labels).map((name) => `"${name}"`);
  const hint = nearest.length === 0 ? "none are known" : `nearest: ${nearest.join(", ")}`;
  return { code: "LABEL_UNKNOWN", found: `no class is labelled "${wanted.slice(0, 200)}"; ${hint}` };
}

const plain = (label: string) =>
  label
    .toLowerCase()
    .replace(/[\s_-]+/g, " ")
    .trim();

function ambiguous(wanted: string, found: readonly { index: number }[], labels: readonly string[]): string {
  const list = found.slice(0, listed).map(({ index }) => `${index} "${labels[index]}"`);
  const more = found.length > listed ? `, and ${found.length - listed} more` : "";
  return `"${wanted}" may be any of ${found.length} classes, give the number of one: ${list.join(", ")}${more}`;
}
