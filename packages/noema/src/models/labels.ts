/** @file readLabels: the names of a network's classes, from a text file with one line per class. */
import { readFileSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import { reasonOf } from "./read-large-file.js";

/** Longer files are no lists of labels. */
const maxBytes = 2 ** 24;

/** ImageNet's lists begin every line with the number of its synset in WordNet. */
const synset = /^n\d{8}\s+/;

/**
 * One label per class, in order. Where every line begins with a WordNet synset, as in lists of ImageNet's classes, it is left
 * out.
 *
 * @throws NoemaError LABELS_MISSING, LABELS_INVALID
 */
export function readLabels(path: string): string[] {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new NoemaError("LABELS_MISSING", { where: `labels ${path}`, found: reasonOf(cause), cause });
  }
  const text = bytes.length > maxBytes ? undefined : decode(bytes);
  const lines = text?.replace(/^\ufeff/, "").split(/\r?\n/);
  if (lines?.at(-1) === "") lines.pop();
  if (lines === undefined || lines.length === 0) {
    throw new NoemaError("LABELS_INVALID", {
      where: `labels ${path}`,
      found: bytes.length === 0 ? "the file is empty" : `${bytes.length} bytes that are no such text`,
      needed: "one line per class, in UTF-8",
    });
  }
  const all = lines.map((line) => line.trim());
  return all.every((line) => synset.test(line)) ? all.map((line) => line.replace(synset, "")) : all;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
