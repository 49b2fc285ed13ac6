/** @file folder: any pictures; their labels are the folders they lie in, or columns of a table. */
import { dirname, join } from "node:path";
import { NoemaError } from "@noema/engine";
import type { Terminal } from "../terminal/command.js";
import { type DatasetOptions, defineDataset } from "./dataset.js";
import { listSource, namesIn, neededSource, placeKind } from "./reading/list-source.js";
import { type Column, folderColumn, tableColumns } from "./reading/read-labels.js";
import { checkFactor, type Listing, readListing } from "./reading/read-listing.js";
import type { PictureFile } from "./reading/read-pictures.js";
import { splitMarks } from "./reading/split-marks.js";

const kind = "folder";
const needed = "a folder with a subfolder of pictures for each label, or a table labels.csv beside the pictures";

/** What the factor is called that the subfolders tell. */
const ofFolders = "class";

/** A table of this name is read even where there are subfolders. */
const usualTable = "labels.csv";

/** Columns of these names tell who is in a picture, and so which pictures are pairs; this one, what is for testing. */
const person = /^(person|identity|subject)$/i;
const splitColumn = /^split$/i;

/**
 * Labels are, in this order: those of the table that is named itself; those of `labels.csv` in the folder; the names of the
 * subfolders, where whatever lies deeper is of the same label; those of the only other .csv file. A table's first column
 * names the files, each further one is a factor, and the first of these the label unless another is asked for; a column
 * called person, identity or subject says which pictures are pairs. Where the subfolders are called train and test
 * (validation), the folders in these are the labels; a column called split says the same.
 *
 * Pictures are cut evenly on two sides where they have another shape than is wanted; for sizes and colours see `pictureForm`.
 */
export const dataset = defineDataset({
  name: kind,
  summary: "your own pictures, in a subfolder for each label, or with a table of labels (labels.csv)",
  source: "a folder, or a table beside the pictures",
  recognizes: (path) => placeKind(path) === "folder" || (placeKind(path) === "file" && isTable(path)),
  open: async (source, options, terminal) => {
    const { files, columns, test, notes } = await labelledFiles(source, options.unlabelled);
    for (const note of notes) terminal.warn(note);
    return readListing(listingOf(files, columns, test, options, terminal), options, terminal);
  },
});

/**
 * The pictures of a folder or beside a table, and what is known of each; none is opened.
 *
 * @param unlabelled whether pictures of which nothing is known will do
 * @throws NoemaError DATASET_SOURCE, DATASET_EMPTY, LABELS_MISSING, and what tables are refused for
 */
export async function labelledFiles(
  source: string | undefined,
  unlabelled = false,
): Promise<Columns & { readonly files: readonly PictureFile[] }> {
  const { folder, table } = placesOf(neededSource(kind, source, needed));
  const files = await listSource(folder, needed);
  return { files, ...readColumns(folder, files, { table, unlabelled }) };
}

const isTable = (path: string) => /[.]csv$/i.test(path);

function placesOf(source: string): { folder: string; table?: string } {
  if (placeKind(source) !== "file") return { folder: source };
  if (isTable(source)) return { folder: dirname(source), table: source };
  throw new NoemaError("DATASET_SOURCE", {
    where: source,
    found: "it is a file",
    needed: "a folder of pictures, or a table of labels whose name ends in .csv",
    remedy: "Unpack archives first.",
  });
}

export interface Columns {
  readonly columns: readonly Column[];
  /** For each file 1 if it is for testing. */
  readonly test?: Uint8Array | undefined;
  readonly notes: readonly string[];
}

function readColumns(
  folder: string,
  files: readonly PictureFile[],
  { table, unlabelled }: { readonly table: string | undefined; readonly unlabelled: boolean },
): Columns {
  const place = { folder, paths: files.map(({ path }) => path) };
  const tables = namesIn(folder).filter(isTable);
  const own = table ?? tables.filter((name) => name === usualTable).map((name) => join(folder, name))[0];
  if (own !== undefined) return fromTable(tableColumns(place, own));
  const folders = fromFolders(place);
  if (folders !== undefined) return folders;
  if (tables.length === 1) return fromTable(tableColumns(place, join(folder, tables[0])));
  if (unlabelled) return { columns: [], notes: [] };
  throw new NoemaError("LABELS_MISSING", {
    where: folder,
    found:
      tables.length === 0
        ? "its pictures lie in no subfolders and there is no table"
        : `its pictures lie in no subfolders and there are ${tables.length} tables, ${tables.slice(0, 3).join(", ")}`,
    needed,
    remedy: tables.length === 0 ? "Sort the pictures into folders, or write a table." : "Name one of the tables.",
  });
}

function fromFolders(place: { folder: string; paths: readonly string[] }): Columns | undefined {
  const first = folderColumn(place);
  const test = first && splitMarks(first[1]);
  const labels = test === undefined ? first : folderColumn(place, 1);
  if (labels === undefined) return undefined;
  return {
    columns: [[ofFolders, labels[1]]],
    ...(test && { test }),
    notes: test
      ? ["The subfolders are called as parts for training and testing are: labels are the folders in them."]
      : [],
  };
}

function fromTable({ columns, notes }: { columns: readonly Column[]; notes: readonly string[] }): Columns {
  const parts = columns.find(([name]) => splitColumn.test(name));
  const test = parts && splitMarks(parts[1]);
  return test === undefined || columns.length === 1
    ? { columns, notes }
    : { columns: columns.filter((column) => column !== parts), test, notes };
}

/** Of the pictures that have the label, or of all where none is needed, what is known of all of them. */
function listingOf(
  files: readonly PictureFile[],
  columns: readonly Column[],
  test: Uint8Array | undefined,
  { label: wanted, unlabelled = false }: DatasetOptions,
  terminal: Terminal,
): Listing {
  checkFactor(
    wanted,
    columns.map(([name]) => name),
  );
  const main = unlabelled ? undefined : (columns.find(([name]) => name === wanted) ?? columns[0]);
  const kept = [...files.keys()].filter((i) => main === undefined || main[1][i] !== undefined);
  if (kept.length === 0) {
    throw new NoemaError("LABELS_MISSING", {
      where: `column "${main?.[0]}"`,
      found: "it is empty for all pictures",
      needed: "a label for each picture that is to be seen",
    });
  }
  if (kept.length < files.length) {
    terminal.warn(`${files.length - kept.length} of ${files.length} pictures have no ${main?.[0]} and are left out.`);
  }
  const whole = columns.filter(([name, texts]) => {
    const missing = kept.filter((i) => texts[i] === undefined).length;
    if (missing > 0) terminal.warn(`${missing} of ${kept.length} pictures have no ${name}: this factor is left out.`);
    return missing === 0;
  });
  const people = whole.map(([name]) => name).filter((name) => person.test(name));
  return {
    kind,
    label: whole[0]?.[0] ?? "",
    ...(people.length > 0 && { pairedBy: people }),
    files: kept.map((i) => files[i]),
    factors: whole.map(([name, texts]) => ({ name, texts: kept.map((i) => texts[i]!) })),
    ...(test && { test: Uint8Array.from(kept, (i) => test[i]) }),
  };
}
