/** @file readKnown: which picture each vector of a store is of, and what is known of it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import type { Factor } from "../data/dataset.js";
import { vectorsName } from "../store/activations-file.js";
import type { ActivationsStore } from "../store/activations-store.js";
import { openDuck, quotedName } from "../store/duck.js";

export interface KnownVectors {
  /** N: the number of its picture. */
  readonly pictures: Uint32Array;
  /** N: 1 where the data set it apart for testing; undefined where they say nothing of it. */
  readonly test: Uint8Array | undefined;
  /** Of vectors: −1 where the value is not known. */
  readonly factors: readonly Factor[];
}

/** A factor of more values tells vectors apart, and nothing about them. */
const mostValues = 1000;

/** What stands in the table where a value is not known. */
const unknown = 0xffffffff;

/**
 * @param names of factors. Default: all that have at most a thousand values
 * @returns undefined where there is no table of them
 * @throws NoemaError ACTIVATIONS_SHARD where it is damaged, or of other vectors
 */
export async function readKnown(
  { folder, count, meta }: Pick<ActivationsStore, "folder" | "count" | "meta">,
  names?: readonly string[],
): Promise<KnownVectors | undefined> {
  const path = join(folder, vectorsName);
  if (!existsSync(path)) return undefined;
  const duck = await openDuck({ readable: [path] });
  try {
    const table = duck.parquet(path);
    const present = (await duck.rows(`DESCRIBE SELECT * FROM ${table}`)).map((row) => String(row.column_name));
    const wanted = (meta.pictures?.columns ?? []).filter(
      ({ name, column }) => present.includes(column) && (names === undefined || names.includes(name)),
    );
    const one = async (expression: string) => {
      const [column] = await duck.columns(`SELECT (${expression})::UINTEGER FROM ${table} ORDER BY "row"`);
      if (column.length === count) return column as Uint32Array;
      throw new Error(`${column.length} rows for ${count} vectors`);
    };
    const factors: Factor[] = [];
    for (const { name, column } of wanted) {
      const quoted = quotedName(column);
      const values = (
        await duck.rows(
          `SELECT DISTINCT ${quoted}::VARCHAR AS "value" FROM ${table} WHERE ${quoted} IS NOT NULL ORDER BY 1`,
        )
      ).map(({ value }) => String(value));
      if (names === undefined && values.length > mostValues) continue;
      const places = await one(
        `CASE WHEN ${quoted} IS NULL THEN ${unknown} ELSE dense_rank() OVER (ORDER BY ${quoted}::VARCHAR NULLS LAST) - 1 END`,
      );
      factors.push({ name, values, of: Int32Array.from(places, (place) => (place === unknown ? -1 : place)) });
    }
    return {
      pictures: await one("picture"),
      test: present.includes("test") ? Uint8Array.from(await one(`CASE WHEN "test" THEN 1 ELSE 0 END`)) : undefined,
      factors,
    };
  } catch (cause) {
    throw new NoemaError("ACTIVATIONS_SHARD", {
      where: path,
      found: (cause as Error).message.split("\n")[0],
      needed: "what noema activations wrote",
      cause,
    });
  } finally {
    duck.close();
  }
}
