/** @file SHA-256 of files, by which a recipe knows them again. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { NoemaError } from "@noema/engine";
import { reasonOf } from "./read-large-file.js";

/**
 * Of all their bytes, in this order.
 *
 * @throws NoemaError FILE_UNREADABLE
 */
export async function hashFiles(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) {
    try {
      if (!(await stat(path)).isFile())
        throw new NoemaError("FILE_UNREADABLE", { where: path, found: "it is not a file" });
      for await (const piece of createReadStream(path, { highWaterMark: 2 ** 20 })) hash.update(piece as Uint8Array);
    } catch (cause) {
      if (cause instanceof NoemaError) throw cause;
      throw new NoemaError("FILE_UNREADABLE", { where: path, found: reasonOf(cause), cause });
    }
  }
  return hash.digest("hex");
}
