/** @file cachedBytes: bytes that take long to make, made once and kept in the cache folder; whole, or made again. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { readLargeFile } from "../../models/read-large-file.js";
import { writeBeside } from "../../pictures/write-beside.js";
import { cacheFolder } from "./cache-folder.js";

export interface CachedBytes {
  /** What the bytes are, in words that may be part of a file name. */
  readonly name: string;
  /** All that they depend on: with another key, bytes of the same name are made again. */
  readonly key: string;
  readonly length: number;
  /** Makes them, into an array of this length. */
  make(into: Uint8Array): Promise<void>;
  /** Told of a file that was damaged, or of one that could not be written; neither keeps the bytes from being made. */
  warn(line: string): void;
}

/** A file holds the bytes, and then this much: the SHA-256 of the key and of them. */
const hashBytes = 32;

/** @throws whatever `make` throws: then nothing is written */
export async function cachedBytes({ name, key, length, make, warn }: CachedBytes): Promise<Uint8Array> {
  const path = join(cacheFolder(), `${name}-${sha256(key).subarray(0, 8).toString("hex")}.bin`);
  const kept = existsSync(path) ? read(path, length, key) : undefined;
  if (kept instanceof Uint8Array) return kept;
  if (kept !== undefined) warn(`${path}: ${kept.reason}; it is made again.`);
  const file = new Uint8Array(length + hashBytes);
  const bytes = file.subarray(0, length);
  await make(bytes);
  file.set(sha256(key, bytes), length);
  try {
    await writeBeside(path, file);
  } catch (error) {
    if (!(error instanceof NoemaError)) throw error;
    warn(
      `${path}: ${error.parts.found}. It will be made again the next time; NOEMA_CACHE names another folder for it.`,
    );
  }
  return bytes;
}

function read(path: string, length: number, key: string): Uint8Array | { readonly reason: string } {
  let file: Uint8Array;
  try {
    file = readLargeFile(path);
  } catch (error) {
    if (error instanceof NoemaError) return { reason: error.parts.found };
    throw error;
  }
  if (file.length !== length + hashBytes) {
    return { reason: `${file.length} bytes in place of ${length + hashBytes}: the file is not whole` };
  }
  const bytes = file.subarray(0, length);
  const same = Buffer.compare(sha256(key, bytes), file.subarray(length)) === 0;
  return same ? bytes : { reason: "the file was damaged or changed" };
}

function sha256(...parts: readonly (string | Uint8Array)[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
