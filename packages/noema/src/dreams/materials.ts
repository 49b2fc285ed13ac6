/** @file Materials: photographs and vectors that objectives name, and the picture to start from, read from their files. */
import { NoemaError } from "@noema/engine";
import { channelCount, parseObjective } from "@noema/lenses";
import { hashFiles } from "../models/file-hash.js";
import { readPicture } from "../pictures/read-picture.js";
import { readVector } from "./read-vector.js";
import type { Recipe } from "./recipe.js";

export interface Named {
  readonly photographs: readonly string[];
  readonly vectors: readonly string[];
}

/** All files that these objectives name. */
export function filesNamed(objectives: readonly string[]): Named {
  const parsed = [...new Set(objectives)].map((text) => parseObjective(text));
  return {
    photographs: [...new Set(parsed.flatMap(({ photographs = [] }) => photographs))].sort(),
    vectors: [...new Set(parsed.flatMap(({ vectors = [] }) => vectors))].sort(),
  };
}

export interface ReadMaterials {
  readonly photographs: Readonly<Record<string, Float32Array>>;
  readonly vectors: Readonly<Record<string, Float32Array>>;
  /** C×H×W, 0 … 1. */
  readonly start: Float32Array | undefined;
  /** What of a file was left out, in words. */
  readonly notes: readonly string[];
}

/**
 * Reads them at the size of the pictures, cut evenly where they have another shape.
 *
 * @throws NoemaError FILE_CHANGED where a file is not the one of the recipe, and what readPicture and readVector refuse
 */
export async function readMaterials(recipe: Recipe): Promise<ReadMaterials> {
  for (const file of [...recipe.files, ...(recipe.start === null ? [] : [recipe.start])]) {
    if ((await hashFiles([file.path])) === file.sha256) continue;
    throw new NoemaError("FILE_CHANGED", {
      where: file.path,
      found: "it is another file than the one that the picture was made with",
      needed: `the SHA-256 of that one is ${file.sha256}`,
    });
  }
  const notes: string[] = [];
  const photograph = async (path: string) => {
    const channels = channelCount(recipe.preprocessing);
    if (channels !== 1 && channels !== 3) {
      throw new NoemaError("PHOTOGRAPH_CHANNELS", {
        where: `photograph "${path}"`,
        found: `the network's pictures have ${channels} channels`,
        needed: "photographs are grey or in colour",
      });
    }
    const read = await readPicture(path, { ...recipe.size, channels });
    notes.push(...read.notes);
    return read.data;
  };
  const named = filesNamed(recipe.jobs.map(({ objective }) => objective));
  const photographs: Record<string, Float32Array> = {};
  for (const path of named.photographs) photographs[path] = await photograph(path);
  const vectors = Object.fromEntries(named.vectors.map((path) => [path, readVector(path)]));
  const start = recipe.start === null ? undefined : await photograph(recipe.start.path);
  return { photographs, vectors, start, notes };
}
