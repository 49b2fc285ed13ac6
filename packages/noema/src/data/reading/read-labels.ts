/** @file readLabels: what the pictures of a folder are called: by its subfolders, a table, or their file names. */
import { basename, relative, sep } from "node:path";
import { NoemaError } from "@noema/engine";
import type { Labelling } from "@noema/lenses";
import { readCsv } from "./read-csv.js";
import { readText } from "./read-text.js";

export interface LabelOptions {
  readonly folder: string;
  /** Of the pictures, within the folder. */
  readonly paths: readonly string[];
  /** A CSV file: a column of files, and one or several of labels. */
  readonly table?: string | undefined;
  /** A regular expression whose first group is the label in a file's name. */
  readonly pattern?: string | undefined;
}

export interface Labels {
  /** The pictures that have a label. */
  readonly paths: readonly string[];
  readonly labellings: readonly Labelling[];
  /** What was left out, in words. */
  readonly notes: readonly string[];
}

/** Labels by picture, under the name of what they tell. Undefined where it is not known. */
export type Column = readonly [name: string, byPicture: readonly (string | undefined)[]];

/**
 * @throws NoemaError LABELS_TWICE, LABELS_MISSING, LABEL_PATTERN, and what `tableColumns` throws
 */
export function readLabels(options: LabelOptions): Labels {
  const { paths, table, pattern } = options;
  if (table !== undefined && pattern !== undefined) {
    throw new NoemaError("LABELS_TWICE", {
      where: "--labels and --label-pattern",
      found: "both are given",
      needed: "labels come from one of them",
    });
  }
  const { columns, notes } =
    table !== undefined
      ? tableColumns(options, table)
      : { columns: [pattern !== undefined ? fromPattern(options, pattern) : fromFolders(options)], notes: [] };
  const kept = [...paths.keys()].filter((i) => columns.some(([, byPicture]) => byPicture[i] !== undefined));
  const without = paths.length - kept.length;
  return {
    paths: kept.map((i) => paths[i]),
    labellings: columns.map(([name, byPicture]) =>
      labelling(
        name,
        kept.map((i) => byPicture[i]),
      ),
    ),
    notes: [
      ...notes,
      ...(without === 0 ? [] : [`${without} of ${paths.length} pictures have no label and are left out.`]),
    ],
  };
}

/** Numbers the labels in the order of their code units, so that the order of the files does not matter. */
function labelling(name: string, byPicture: readonly (string | undefined)[]): Labelling {
  const labels = [...new Set(byPicture.filter((label) => label !== undefined))].sort();
  const places = new Map(labels.map((label, i) => [label, i]));
  return { name, labels, of: Int32Array.from(byPicture, (label) => (label === undefined ? -1 : places.get(label)!)) };
}

function fromFolders(options: LabelOptions): Column {
  const column = folderColumn(options);
  if (column !== undefined) return column;
  throw new NoemaError("LABELS_MISSING", {
    where: options.folder,
    found: "its pictures lie in no subfolders, which would be their labels",
    remedy: "Name a table with --labels, or say with --label-pattern what of the file names is the label.",
  });
}

/**
 * A folder that a picture lies in: the first below the one that was named, or one `depth` deeper. Undefined where none of
 * the pictures lies in one.
 */
export function folderColumn({ folder, paths }: Pick<LabelOptions, "folder" | "paths">, depth = 0): Column | undefined {
  const byPicture = paths.map((path) => {
    const parts = relative(folder, path).split(sep);
    return parts.length > depth + 1 ? parts[depth] : undefined;
  });
  return byPicture.some((label) => label !== undefined) ? ["folder", byPicture] : undefined;
}

function fromPattern({ paths }: LabelOptions, pattern: string): Column {
  const refused = (found: string) =>
    new NoemaError("LABEL_PATTERN", {
      where: `--label-pattern "${pattern}"`,
      found,
      needed: "a regular expression with a group for the label, as in ^(.+)_",
    });
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, "u");
  } catch (cause) {
    throw refused((cause as Error).message);
  }
  const groups = new RegExp(`${pattern}|`, "u").exec("")!.length - 1;
  if (groups === 0) throw refused("it has no group in round brackets");
  const byPicture = paths.map((path) => expression.exec(basename(path))?.[1]);
  if (byPicture.every((label) => label === undefined)) {
    throw refused(`it fits none of the file names, such as ${basename(paths[0])}`);
  }
  return ["file name", byPicture];
}

/**
 * The columns of a table whose first names the files, with `/` or `\`, as they are in the folder or by their names alone.
 * Empty fields are not known.
 *
 * @throws NoemaError LABELS_TABLE, CSV_SYNTAX, and what `readText` throws
 */
export function tableColumns(
  { folder, paths }: Pick<LabelOptions, "folder" | "paths">,
  table: string,
): { columns: Column[]; notes: string[] } {
  const [header, ...rows] = readCsv(readText(table), table);
  const refused = (found: string, needed: string) => new NoemaError("LABELS_TABLE", { where: table, found, needed });
  if (header === undefined || header.length < 2) {
    throw refused("its first line names fewer than two columns", "a first line such as file,label");
  }
  const names = header.slice(1).map((name) => name.trim());
  const wrong = names.findIndex((name, i) => name === "" || names.indexOf(name) < i);
  if (wrong >= 0) {
    const found = names[wrong] === "" ? "has no name" : `is called "${names[wrong]}" as another one is`;
    throw refused(`column ${wrong + 2} ${found}`, "a name of its own for each column, in the first line");
  }
  const byFile = new Map<string, readonly string[]>();
  for (const [i, row] of rows.entries()) {
    if (row.length !== header.length) {
      throw refused(`row ${i + 2} has ${row.length} fields`, `${header.length}, as the first line`);
    }
    const name = row[0].replaceAll("\\", "/").replace(/^\.\//, "");
    if (byFile.has(name)) throw refused(`row ${i + 2} names ${name} for the second time`, "each file once");
    byFile.set(name, row);
  }
  const used = new Set<string>();
  const found = paths.map((path) => {
    const whole = relative(folder, path).replaceAll(sep, "/");
    const key = [whole, basename(path)].find((name) => byFile.has(name));
    if (key !== undefined) used.add(key);
    return key === undefined ? undefined : byFile.get(key);
  });
  if (used.size === 0) {
    throw refused(
      `none of its ${rows.length} files is in ${folder}`,
      `names in its column "${header[0]}" as they are in that folder, such as ${relative(folder, paths[0])}`,
    );
  }
  const absent = byFile.size - used.size;
  return {
    columns: names.map((name, i) => [
      name,
      found.map((row) => (row?.[i + 1].trim() === "" ? undefined : row?.[i + 1].trim())),
    ]),
    notes: absent === 0 ? [] : [`${absent} of the ${byFile.size} files that ${table} names are not in ${folder}.`],
  };
}
