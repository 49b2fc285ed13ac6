/** @file writeVectorsTable: vectors.parquet, which tells of each vector which picture it is of, where in it, and all its labels. */
import { mkdirSync, rmSync } from "node:fs";
import { rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { NoemaError } from "@noema/engine";
import { openDuck, quotedName, quotedText } from "./duck.js";

export interface VectorsTable {
  /** By picture, in the order of the vectors. */
  readonly pictures: {
    /** Their places among all that there were. */
    readonly indices: Uint32Array;
    readonly name: (picture: number) => string;
    /** Whether the data set it apart for testing; undefined where they say nothing of it. */
    readonly test?: ((picture: number) => boolean) | undefined;
    /** Labels of pictures, undefined where one is not known. */
    readonly columns: readonly { readonly column: string; readonly of: (picture: number) => string | undefined }[];
  };
  /** How many vectors each picture has. */
  readonly perPicture: number;
  /** Where in the picture its vectors are; undefined where each is of the picture as a whole. */
  readonly places?:
    | { readonly axes: readonly number[]; readonly of: (picture: number) => ArrayLike<number> }
    | undefined;
}

/** Names of columns that are there already. */
const own = ["row", "picture", "name", "y", "x", "position", "test"];

/**
 * Columns of their own for what is known of pictures: DuckDB takes capital letters for small ones, so that names which differ
 * in nothing else, or are those of our own columns, get a line below.
 */
export function columnNames(names: readonly string[]): string[] {
  const taken = new Set(own);
  return names.map((name) => {
    let column = name;
    while (taken.has(column.toLowerCase())) column += "_";
    taken.add(column.toLowerCase());
    return column;
  });
}

/** Pictures whose places are held in memory at once. */
const portion = 4096;

/**
 * Columns: row, picture, name, test where the data say it, y and x (or position, where the layer has not two axes of them), then labels.
 *
 * @throws NoemaError OUT_PATH
 */
export async function writeVectorsTable(path: string, table: VectorsTable): Promise<void> {
  const folder = dirname(path);
  const part = join(folder, `.${basename(path)}.${process.pid}.part`);
  const database = `${part}.duckdb`;
  const remove = () => {
    for (const file of [part, database, `${database}.wal`]) rmSync(file, { force: true });
    rmSync(`${database}.tmp`, { recursive: true, force: true });
  };
  try {
    mkdirSync(folder, { recursive: true });
    remove();
    await write(part, database, table);
    await rename(part, path);
  } catch (cause) {
    throw new NoemaError("OUT_PATH", {
      where: `--out "${path}"`,
      found: `it cannot be written: ${(cause as Error).message}`,
      cause,
    });
  } finally {
    remove();
  }
}

async function write(part: string, database: string, { pictures, perPicture, places }: VectorsTable): Promise<void> {
  const { indices, name, test, columns } = pictures;
  const duck = await openDuck({ database, threads: 1 });
  try {
    const known = columns.map(({ column }) => column);
    const texts = known.map((column) => `, ${quotedName(column)} VARCHAR`).join("");
    await duck.run(
      `CREATE TABLE pictures (nth UINTEGER, picture UINTEGER, "name" VARCHAR${test ? ', "test" BOOLEAN' : ""}${texts})`,
    );
    const types = [
      "UINTEGER",
      "UINTEGER",
      "VARCHAR",
      ...(test ? ["BOOLEAN" as const] : []),
      ...known.map(() => "VARCHAR" as const),
    ] as const;
    const toPictures = await duck.append("pictures", types);
    toPictures.add(indices.length, [
      Uint32Array.from(indices, (_, nth) => nth),
      indices,
      (nth) => name(indices[nth]),
      ...(test ? [(nth: number) => test(indices[nth])] : []),
      ...columns.map(
        ({ of }) =>
          (nth: number) =>
            of(indices[nth]) ?? null,
      ),
    ]);
    toPictures.close();
    const axes = places === undefined ? [] : places.axes.length === 2 ? ["y", "x"] : ["position"];
    const labels = known.map(quotedName);
    const rest = ["picture", '"name"', ...(test ? ['"test"'] : [])];
    let from = "pictures";
    if (places !== undefined) {
      await duck.run(
        `CREATE TABLE places ("row" UINTEGER, nth UINTEGER${axes.map((axis) => `, ${axis} UINTEGER`).join("")})`,
      );
      const toPlaces = await duck.append("places", ["UINTEGER", "UINTEGER", ...axes.map(() => "UINTEGER" as const)]);
      const across = places.axes.length === 2 ? places.axes[1] : 1;
      for (let first = 0; first < indices.length; first += portion) {
        const count = Math.min(portion, indices.length - first);
        const flat = new Uint32Array(count * perPicture);
        for (let i = 0; i < count; i++) flat.set(Array.from(places.of(indices[first + i])), i * perPicture);
        toPlaces.add(flat.length, [
          flat.map((_, i) => first * perPicture + i),
          flat.map((_, i) => first + Math.floor(i / perPicture)),
          ...(axes.length === 2 ? [flat.map((at) => Math.floor(at / across)), flat.map((at) => at % across)] : [flat]),
        ]);
      }
      toPlaces.close();
      from = "places JOIN pictures USING (nth)";
    }
    const row = places === undefined ? 'nth AS "row"' : '"row"';
    await duck.run(
      `COPY (SELECT ${[row, ...rest, ...axes, ...labels].join(", ")} FROM ${from} ORDER BY "row") TO ${quotedText(part)} (FORMAT parquet)`,
    );
  } finally {
    duck.close();
  }
}
