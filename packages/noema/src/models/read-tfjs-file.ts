/** @file readTfjsFile: a TensorFlow.js model from a folder: model.json and the shards it names. */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Model, NoemaError, type ReadOptions, readTfjsModel } from "@noema/engine";

/**
 * Reads a TensorFlow.js model. Shards are looked for beside model.json; a path that leaves its folder is refused.
 *
 * @param path of model.json
 * @throws NoemaError MODEL_CORRUPT, SHARD_MISSING, SHARD_PATH, and what readTfjsModel throws
 */
export async function readTfjsFile(path: string, options: ReadOptions = {}): Promise<Model> {
  const json = parse(await readFile(path, "utf8"), path);
  const shards = await Promise.all(shardPaths(json, path).map((shard) => readShard(shard, path)));
  return readTfjsModel(json, shards, options);
}

/** Paths of all files of a TensorFlow.js model: model.json and its shards. */
export async function tfjsFiles(path: string): Promise<string[]> {
  return [path, ...shardPaths(parse(await readFile(path, "utf8"), path), path)];
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new NoemaError("MODEL_CORRUPT", {
      where: path,
      found: `it is not JSON (${(cause as Error).message})`,
      needed: "a TensorFlow.js model is a model.json with weight files beside it",
      cause,
    });
  }
}

/** The files that the manifest names, in its order. Anything malformed is left for readTfjsModel to refuse. */
function shardPaths(json: unknown, path: string): string[] {
  const manifest = (json as { weightsManifest?: unknown } | null)?.weightsManifest;
  const groups = Array.isArray(manifest) ? manifest : [];
  const paths = groups.flatMap((group: { paths?: unknown } | null) => (Array.isArray(group?.paths) ? group.paths : []));
  return paths.map((shard: unknown) => {
    const name = String(shard);
    const steps = name.split(/[\\/]/);
    if (name === "" || name.includes("\0") || /^[\\/]|^[a-z]+:/i.test(name) || steps.includes("..")) {
      throw new NoemaError("SHARD_PATH", {
        where: path,
        found: `its manifest names the file "${name.slice(0, 200)}"`,
        needed: "weight files must lie in the folder of model.json or below it",
      });
    }
    return join(dirname(path), name);
  });
}

async function readShard(shard: string, path: string): Promise<Uint8Array> {
  try {
    return await readFile(shard);
  } catch (cause) {
    throw new NoemaError("SHARD_MISSING", {
      where: path,
      found: `its weight file ${shard} cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      remedy: "Put all files of the model into one folder.",
      cause,
    });
  }
}
