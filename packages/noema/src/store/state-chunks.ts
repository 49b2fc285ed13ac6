/** @file A state in one file that is whole or not there: what it is, as JSON, and arrays of numbers behind it. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readLargeFile } from "../models/read-large-file.js";
import { writeBeside } from "../pictures/write-beside.js";

const digestBytes = 32;

export interface DamagedState {
  /** What is wrong with it, in words. */
  readonly damage: string;
}

interface StateChunks<H> {
  readonly header: H;
  /** The next so many numbers, a copy. */
  take(count: number): Float32Array;
}

/**
 * Reads a state; undefined where there is none.
 *
 * @param mark what such a file begins with
 * @throws NoemaError FILE_UNREADABLE
 */
export function readChunks<H>(path: string, mark: string): StateChunks<H> | DamagedState | undefined {
  if (!existsSync(path)) return undefined;
  const read = readLargeFile(path);
  const bytes = Buffer.from(read.buffer, read.byteOffset, read.byteLength);
  const content = bytes.subarray(mark.length + digestBytes);
  if (bytes.toString("latin1", 0, mark.length) !== mark) {
    return { damage: "it begins with something else than such a state does, or another version wrote it" };
  }
  if (content.length < 4 || !bytes.subarray(mark.length, mark.length + digestBytes).equals(digest([content]))) {
    return { damage: "it is not whole, or was changed" };
  }
  const headerBytes = content.readUInt32LE(0);
  let at = 4 + headerBytes;
  return {
    header: JSON.parse(content.toString("utf8", 4, at)) as H,
    take: (count) => {
      const data = new Float32Array(count);
      new Uint8Array(data.buffer).set(content.subarray(at, at + 4 * count));
      at += 4 * count;
      return data;
    },
  };
}

/** @throws NoemaError OUT_PATH where the disk refuses, such as a full one: what was saved before stays */
export async function writeChunks(
  path: string,
  mark: string,
  { header, arrays }: { readonly header: unknown; readonly arrays: readonly Uint8Array[] },
): Promise<void> {
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  const content = [length, text, ...arrays];
  await writeBeside(path, Buffer.concat([Buffer.from(mark, "latin1"), digest(content), ...content]));
}

function digest(parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
}
