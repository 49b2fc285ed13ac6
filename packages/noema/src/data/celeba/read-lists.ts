/** @file The lists of CelebA: what its attributes say of each picture, who is in it, and which part it belongs to. */
import { NoemaError } from "@noema/engine";
import { readText } from "../reading/read-text.js";

export interface Attributes {
  readonly names: readonly string[];
  /** Names of the pictures' files. */
  readonly files: readonly string[];
  /** files × attributes: 1 where a picture has it. */
  readonly values: Uint8Array;
}

/**
 * `list_attr_celeba.txt`: a line with the number of pictures, one with the names of the attributes, then one for each
 * picture with 1 or −1 for each attribute. Or the same as CSV with one line of names, as it is handed on by others.
 *
 * @throws NoemaError CELEBA_LIST, and what `readText` throws
 */
export function readAttributes(path: string): Attributes {
  const lines = linesOf(path);
  const counted = lines.length > 0 && /^\d+$/.test(lines[0].text.trim());
  const [header, ...rows] = counted ? lines.slice(1) : lines;
  if (header === undefined) throw refused(path, "it has no line with the names of attributes", "CelebA's own list");
  const names = counted ? fieldsOf(header.text) : fieldsOf(header.text).slice(1);
  if (names.length === 0 || new Set(names).size < names.length) {
    throw refused(`${path}, line ${header.number}`, "it does not name attributes, each once", "CelebA's own list");
  }
  if (counted && Number(lines[0].text) !== rows.length) {
    throw refused(path, `it tells of ${rows.length} pictures`, `${lines[0].text.trim()}, as its first line says`);
  }
  const values = new Uint8Array(rows.length * names.length);
  const files = rows.map(({ text, number }, row) => {
    const [file, ...own] = fieldsOf(text);
    if (own.length !== names.length) {
      throw refused(
        `${path}, line ${number}`,
        `there are ${own.length} values`,
        `${names.length}, one for each attribute`,
      );
    }
    for (const [i, value] of own.entries()) {
      if (value === "1") values[row * names.length + i] = 1;
      else if (value !== "-1")
        throw refused(`${path}, line ${number}`, `the value of ${names[i]} is ${value}`, "1 or -1");
    }
    return file;
  });
  checkOnce(path, files, rows);
  return { names, files, values };
}

/**
 * `identity_CelebA.txt` and `list_eval_partition.txt`: a number for each picture.
 *
 * @param most the highest number there may be
 * @throws NoemaError CELEBA_LIST, and what `readText` throws
 */
export function readNumbers(path: string, most = Number.MAX_SAFE_INTEGER): Map<string, number> {
  const lines = linesOf(path);
  // As CSV it may have a line of names.
  const rows = lines.length > 0 && /^image_id\b/.test(lines[0].text) ? lines.slice(1) : lines;
  const found = rows.map(({ text, number }): [string, number] => {
    const fields = fieldsOf(text);
    const value = Number(fields[1]);
    if (fields.length !== 2 || !/^\d+$/.test(fields[1]) || value > most) {
      const needed = most < 10 ? `a number from 0 to ${most}` : "a number";
      throw refused(`${path}, line ${number}`, `"${text.slice(0, 80)}"`, `the name of a picture and ${needed}`);
    }
    return [fields[0], value];
  });
  checkOnce(
    path,
    found.map(([file]) => file),
    rows,
  );
  return new Map(found);
}

interface Line {
  readonly text: string;
  /** From 1. */
  readonly number: number;
}

function linesOf(path: string): Line[] {
  return readText(path)
    .split(/\r\n|\n|\r/)
    .map((text, i) => ({ text, number: i + 1 }))
    .filter(({ text }) => text.trim() !== "");
}

const fieldsOf = (text: string) => text.trim().split(/\s*,\s*|\s+/);

function checkOnce(path: string, files: readonly string[], rows: readonly Line[]): void {
  const seen = new Set<string>();
  for (const [i, file] of files.entries()) {
    if (seen.has(file))
      throw refused(`${path}, line ${rows[i].number}`, `${file} stands here again`, "each picture once");
    seen.add(file);
  }
}

function refused(where: string, found: string, needed: string): NoemaError {
  return new NoemaError("CELEBA_LIST", { where, found, needed, remedy: "Fetch the list again." });
}
