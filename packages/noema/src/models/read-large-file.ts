/** @file readLargeFile: a whole file of any size that memory holds; Node's own readFile ends at 2 GiB. */
import { constants } from "node:buffer";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { NoemaError } from "@noema/engine";

/** One read call brings at most this much. */
const pieceBytes = 2 ** 30;

/** @throws NoemaError FILE_UNREADABLE, FILE_TOO_LARGE */
export function readLargeFile(path: string): Uint8Array {
  return withFile(path, (file, size) => {
    if (size > constants.MAX_LENGTH) {
      throw new NoemaError("FILE_TOO_LARGE", {
        where: path,
        found: `${size} bytes`,
        needed: `this Node holds at most ${constants.MAX_LENGTH} in one array`,
        remedy: "Store the weights as external data, beside the model.",
      });
    }
    return readPart(file, path, 0, size);
  });
}

/**
 * Part of a file.
 *
 * @throws NoemaError FILE_UNREADABLE, FILE_TRUNCATED
 */
export function readFilePart(path: string, offset: number, length: number): Uint8Array {
  return withFile(path, (file, size) => {
    if (offset + length > size) {
      throw new NoemaError("FILE_TRUNCATED", {
        where: path,
        found: `the file ends after ${size} bytes`,
        needed: `bytes ${offset} to ${offset + length} of it are wanted`,
        remedy: "It may not have been copied whole.",
      });
    }
    return readPart(file, path, offset, length);
  });
}

function withFile<T>(path: string, use: (file: number, size: number) => T): T {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const stat = fstatSync(file);
    if (!stat.isFile()) throw unreadable(path, "it is not a file");
    return use(file, stat.size);
  } catch (cause) {
    if (cause instanceof NoemaError) throw cause;
    throw unreadable(path, reasonOf(cause), cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function readPart(file: number, path: string, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const count = readSync(file, bytes, at, Math.min(pieceBytes, length - at), offset + at);
    if (count === 0) throw unreadable(path, `it ended after ${offset + at} bytes while being read`);
    at += count;
  }
  return bytes;
}

/** Why the system refused, in words. */
export function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES" || code === "EPERM") return "this user may not read it";
  if (code === "EISDIR") return "it is a folder";
  return code ?? message;
}

function unreadable(path: string, found: string, cause?: unknown): NoemaError {
  return new NoemaError("FILE_UNREADABLE", { where: path, found, ...(cause === undefined ? {} : { cause }) });
}
