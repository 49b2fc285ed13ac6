/** @file namedListing: pictures whose file names tell what they show. */
import { basename } from "node:path";
import { NoemaError } from "@noema/engine";
import { pictureEndings } from "../../pictures/list-pictures.js";
import type { Terminal } from "../../terminal/command.js";
import { namesIn } from "./list-source.js";
import type { PictureFile } from "./read-pictures.js";

/** Whether most pictures that lie directly in a folder are named in this form. */
export function recognizesNames(folder: string, form: RegExp): boolean {
  const pictures = namesIn(folder).filter((name) => pictureEndings.test(name));
  return 2 * pictures.filter((name) => form.test(name)).length > pictures.length;
}

export interface NamedListing {
  readonly files: readonly PictureFile[];
  /** What the form found in the name of each. */
  readonly parts: readonly RegExpExecArray[];
}

/**
 * Those of the pictures that are named in this form; of the others it is told how many they are.
 *
 * @throws NoemaError DATASET_NAMES where none is
 */
export function namedListing(
  folder: string,
  all: readonly PictureFile[],
  { form, needed, terminal }: { form: RegExp; needed: string; terminal: Pick<Terminal, "warn"> },
): NamedListing {
  const found = all.flatMap((file) => {
    const parts = form.exec(basename(file.path));
    return parts === null ? [] : [{ file, parts }];
  });
  if (found.length === 0) {
    throw new NoemaError("DATASET_NAMES", {
      where: folder,
      found: `none of its ${all.length} pictures is named so, the first is ${all[0].name}`,
      needed,
      remedy: "Pictures with other names are read as folder:PATH, with labels from subfolders or a table.",
    });
  }
  if (found.length < all.length) {
    const other = all.find((file) => !form.test(basename(file.path)))!;
    terminal.warn(
      `${all.length - found.length} of ${all.length} pictures have other names, such as ${other.name}, and are left out.`,
    );
  }
  return { files: found.map(({ file }) => file), parts: found.map(({ parts }) => parts) };
}
