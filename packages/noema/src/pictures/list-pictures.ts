/** @file listPictures: the photographs in a folder and in the folders within it. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { reasonOf } from "../models/read-large-file.js";

/** How the names of files end that `readPicture` can read. */
export const pictureEndings = /[.](jpe?g|jfif|png|webp|gif|tiff?|avif)$/i;

/**
 * Paths of all pictures, by their names' endings, in the order of their code units. Hidden files and folders are left out;
 * links are followed, each folder is entered once.
 *
 * @throws NoemaError FOLDER_UNREADABLE, FOLDER_NO_PICTURES
 */
export async function listPictures(folder: string): Promise<string[]> {
  const entered = new Set<string>();
  const found: string[] = [];
  await enter(folder);
  if (found.length > 0) return found.sort((a, b) => (a < b ? -1 : 1));
  throw new NoemaError("FOLDER_NO_PICTURES", {
    where: folder,
    found: "there is no picture in it",
    needed: "files whose names end in .jpg, .png, .webp, .gif, .tif or .avif",
  });

  async function enter(path: string): Promise<void> {
    let entries: Dirent[];
    try {
      const real = await realpath(path);
      if (entered.has(real)) return;
      entered.add(real);
      entries = await readdir(path, { withFileTypes: true });
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code;
      const found =
        code === "ENOENT" ? "there is no such folder" : code === "ENOTDIR" ? "it is not a folder" : reasonOf(cause);
      throw new NoemaError("FOLDER_UNREADABLE", { where: path, found, cause });
    }
    // In order, so that of two ways into one folder it is always the same that is taken.
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".")) continue;
      const inside = join(path, entry.name);
      const kind = entry.isSymbolicLink() ? await stat(inside).catch(() => undefined) : entry;
      if (kind?.isDirectory()) await enter(inside);
      else if (kind?.isFile() && pictureEndings.test(entry.name)) found.push(inside);
    }
  }
}
