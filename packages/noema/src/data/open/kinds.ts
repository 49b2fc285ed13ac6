/** @file The kinds of dataset: the files of the folder above, each of which exports one. */
import { readdirSync } from "node:fs";
import type { DatasetKind } from "../dataset.js";

const folder = new URL("../", import.meta.url);

/** Modules, as built or as written; not tests, and not the file that says what a dataset is. */
const module = /^(?!dataset[.])([a-z][a-z0-9-]*)[.](js|ts)$/;

const files = new Map(
  readdirSync(folder)
    .map((file) => module.exec(file))
    .filter((found) => found !== null)
    .map(([file, name]) => [name, file]),
);

/** Words for them on the command line. */
export const kindNames: readonly string[] = [...files.keys()].sort();

/** @param name one of `kindNames` */
export async function loadKind(name: string): Promise<DatasetKind> {
  const { href } = new URL(files.get(name)!, folder);
  return ((await import(href)) as { dataset: DatasetKind }).dataset;
}
