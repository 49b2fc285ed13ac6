/** @file listSource: the pictures of a folder that was named as the source of a dataset. */
import { readdirSync, statSync } from "node:fs";
import { relative, sep } from "node:path";
import { NoemaError } from "@noema/engine";
import { listPictures } from "../../pictures/list-pictures.js";
import type { PictureFile } from "./read-pictures.js";

/** @throws NoemaError DATASET_SOURCE where none is given */
export function neededSource(kind: string, source: string | undefined, needed: string): string {
  if (source !== undefined && source !== "") return source;
  throw new NoemaError("DATASET_SOURCE", {
    where: `dataset "${kind}"`,
    found: "it is not said where its pictures are",
    needed,
    remedy: `Name the folder, as in ${kind}:pictures.`,
  });
}

/**
 * All pictures of a folder and of those in it.
 *
 * @param needed what the folder should hold, for the message where it has no pictures
 * @throws NoemaError DATASET_EMPTY, FOLDER_UNREADABLE
 */
export async function listSource(folder: string, needed: string): Promise<PictureFile[]> {
  try {
    const paths = await listPictures(folder);
    return paths.map((path) => ({ path, name: relative(folder, path).replaceAll(sep, "/") }));
  } catch (cause) {
    if (!(cause instanceof NoemaError) || cause.code !== "FOLDER_NO_PICTURES") throw cause;
    throw new NoemaError("DATASET_EMPTY", { where: folder, found: "there is no picture in it", needed, cause });
  }
}

/** Names of what lies directly in a folder; none where it is no folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** What lies at a path, links followed; undefined where nothing does, or where it may not be looked at. */
export function placeKind(path: string): "file" | "folder" | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? "file" : found.isDirectory() ? "folder" : undefined;
  } catch {
    return undefined;
  }
}
