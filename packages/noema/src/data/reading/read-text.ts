/** @file readText: a list or table that came with pictures, as text, whichever program saved it. */
import { readFileSync, statSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import { reasonOf } from "../../models/read-large-file.js";

/** Longer files are not read: near to what one string holds. */
const mostBytes = 2 ** 28;

/**
 * UTF-8, or UTF-16 where a byte order mark says so, as spreadsheets save it.
 *
 * @throws NoemaError FILE_UNREADABLE, FILE_TOO_LARGE, TEXT_ENCODING
 */
export function readText(path: string): string {
  const bytes = readBytes(path);
  const wide = (["utf-16le", "utf-16be"] as const).find((_, i) => bytes[i] === 0xff && bytes[1 - i] === 0xfe);
  try {
    return new TextDecoder(wide ?? "utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new NoemaError("TEXT_ENCODING", {
      where: path,
      found: "its bytes are no text in UTF-8",
      remedy: "Save it anew as UTF-8: spreadsheets have this among their kinds of CSV.",
      cause,
    });
  }
}

function readBytes(path: string): Uint8Array {
  let size: number;
  try {
    size = statSync(path).size;
    if (size <= mostBytes) return readFileSync(path);
  } catch (cause) {
    throw new NoemaError("FILE_UNREADABLE", { where: path, found: reasonOf(cause), cause });
  }
  throw new NoemaError("FILE_TOO_LARGE", { where: path, found: `${size} bytes`, needed: `at most ${mostBytes}` });
}
