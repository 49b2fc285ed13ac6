/** @file By which numbers stores of vectors are known again. */
import { createHash } from "node:crypto";
import { hashFiles } from "../models/file-hash.js";

/** SHA-256 of each file. */
export async function hashOfShards(paths: readonly string[]): Promise<string[]> {
  const hashes: string[] = [];
  for (const path of paths) hashes.push(await hashFiles([path]));
  return hashes;
}

/** Of the vectors that shards hold. */
export function hashOfStore(
  length: number,
  shards: readonly { readonly rows: number; readonly sha256: string }[],
): string {
  const own = shards.map(({ rows, sha256 }) => [rows, sha256]);
  return createHash("sha256")
    .update(JSON.stringify([length, own]))
    .digest("hex");
}
