/** @file Files that are either whole or not there: written beside their place, then renamed. */
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, extname, join, resolve } from "node:path";
import { NoemaError } from "@noema/engine";

/**
 * Looks, before the work begins, whether a file can be written there later.
 *
 * @throws NoemaError OUT_FORMAT, OUT_PATH
 */
export function checkOutput(path: string, ending: string): void {
  if (!path.toLowerCase().endsWith(ending)) {
    throw new NoemaError("OUT_FORMAT", {
      where: `--out "${path}"`,
      found: "another kind of file",
      needed: `its name must end in ${ending}`,
    });
  }
  if (existsSync(path) && !statSync(path).isFile()) throw refused(path, "it is not a file");
  let folder = dirname(resolve(path));
  while (!existsSync(folder)) folder = dirname(folder);
  if (!statSync(folder).isDirectory()) throw refused(path, `${folder} is not a folder`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw refused(path, `this user may not write into ${folder}`, cause);
  }
}

/**
 * The same of a folder that files are to be written into, such as this one.
 *
 * @throws NoemaError OUT_FORMAT, OUT_PATH
 */
export function checkOutputFolder(out: string, file: string): void {
  if (existsSync(out) && !statSync(out).isDirectory()) {
    throw new NoemaError("OUT_PATH", { where: `--out "${out}"`, found: "it is a file", needed: "a folder" });
  }
  checkOutput(join(out, file), extname(file));
}

/** Writes a file, and its folder where there is none. A crash or a full disk leaves what was there before. */
export async function writeBeside(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(resolve(path));
  const temporary = join(folder, `.${basename(path)}.${process.pid}.part`);
  try {
    mkdirSync(folder, { recursive: true });
    const file = await open(temporary, "w");
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw refused(path, (cause as Error).message, cause);
  }
}

function refused(path: string, found: string, cause?: unknown): NoemaError {
  return new NoemaError("OUT_PATH", {
    where: `--out "${path}"`,
    found: `it cannot be written: ${found}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
