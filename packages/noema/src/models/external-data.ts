/** @file Weights stored beside an ONNX file: read from its folder, and from nowhere else. */
import { realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { NoemaError } from "@noema/engine";
import { readFilePart, reasonOf } from "./read-large-file.js";

/** Brings `length` bytes of the file `location`. */
export interface ExternalDataReader {
  (location: string, offset: number, length: number | undefined): Uint8Array;
  /** Paths of the files that were read from so far, sorted. */
  files(): readonly string[];
}

/**
 * Reads external data of the model at `modelPath`. A model file may come from anywhere: what it names must lie in its own
 * folder, also once symbolic links are followed.
 *
 * @throws NoemaError EXTERNAL_DATA_PATH, EXTERNAL_DATA_MISSING, FILE_TRUNCATED, FILE_UNREADABLE
 */
export function externalDataBeside(modelPath: string): ExternalDataReader {
  const known = new Map<string, string>();
  const read = (location: string, offset: number, length: number | undefined) => {
    let path = known.get(location);
    if (path === undefined) {
      path = locate(modelPath, location);
      known.set(location, path);
    }
    return readFilePart(path, offset, length ?? 0);
  };
  return Object.assign(read, { files: () => [...new Set(known.values())].sort() });
}

function locate(modelPath: string, location: string): string {
  const steps = location.split(/[\\/]/);
  if (location.includes("\0") || isAbsolute(location) || /^([\\/]|[a-z]:)/i.test(location) || steps.includes("..")) {
    throw outside(modelPath, location);
  }
  const folder = realpathSync(dirname(modelPath));
  let path: string;
  try {
    path = realpathSync(join(folder, location));
  } catch (cause) {
    throw new NoemaError("EXTERNAL_DATA_MISSING", {
      where: modelPath,
      found: `its weights are in "${location}", and ${reasonOf(cause)}`,
      needed: "that file belongs beside the model",
      cause,
    });
  }
  const inside = relative(folder, path);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) throw outside(modelPath, location);
  return path;
}

function outside(modelPath: string, location: string): NoemaError {
  return new NoemaError("EXTERNAL_DATA_PATH", {
    where: modelPath,
    found: `its weights are said to be in "${location.slice(0, 200)}"`,
    needed: "they must lie in the folder of the model, links included",
    remedy: "Copy the files into one folder.",
  });
}
