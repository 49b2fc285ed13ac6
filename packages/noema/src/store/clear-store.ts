/** @file clearStore: takes away what commands have left in the folder of a store. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { isRunning } from "../training/run-folder.js";

const ofAtoms =
  /^(atoms\.(json|state)|learning\.png|dictionary\.(json|f32)|codes(\.(json|parquet)|-[a-z]+\.[a-z]\d\d))$/;

const ofActivations = /^(activations\.(json|png|state)|vectors\.parquet|shard-\d{5,}\.f32)$/;

/**
 * Takes away a store of activations, finished or not; nothing else that lies there.
 *
 * @throws NoemaError OUT_PATH
 */
export function clearActivations(folder: string): void {
  remove(folder, (name) => ofActivations.test(name));
}

/**
 * Takes away a dictionary and its codes, finished or not; nothing else that lies there.
 *
 * @throws NoemaError OUT_PATH
 */
export function clearAtoms(folder: string): void {
  remove(folder, (name) => ofAtoms.test(name));
}

/**
 * Takes away what is left of files that were being written when their process was killed.
 *
 * @throws NoemaError OUT_PATH
 */
export function clearStoreLeftovers(folder: string): void {
  remove(folder, (name) => {
    const [, pid] =
      /^\.(?:activations|vectors|codes|dictionary|atoms|learning)\b.*\.(\d+)\.part(?:\.duckdb.*)?$/.exec(name) ?? [];
    return pid !== undefined && !isRunning(Number(pid));
  });
}

function remove(folder: string, which: (name: string) => boolean): void {
  try {
    if (!existsSync(folder)) return;
    for (const name of readdirSync(folder).filter(which)) rmSync(join(folder, name), { recursive: true, force: true });
  } catch (cause) {
    throw new NoemaError("OUT_PATH", {
      where: `--out "${folder}"`,
      found: `what an earlier command left cannot be taken away: ${(cause as Error).message}`,
      cause,
    });
  }
}
