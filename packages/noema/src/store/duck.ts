/** @file openDuck: SQL over Parquet files through DuckDB, which may read the files that are named and no others. */
import type { DuckDBConnection, DuckDBType, DuckDBValue } from "@duckdb/node-api";
import { NoemaError } from "@noema/engine";

export interface DuckOptions {
  /** Paths that may be read. */
  readonly readable?: readonly string[];
  /** A database file, for what does not fit into memory. Then any file may be read and written. */
  readonly database?: string;
  /** One gives the same bytes for the same rows. Default: one per core. */
  readonly threads?: number;
}

/** What it may hold in memory: before it writes to the disk beside its database; and where there is none, at all. */
const memoryLimits = { database: "512MB", memory: "2GB" } as const;

/** Of a column that is appended to. */
type ColumnType = "BOOLEAN" | "FLOAT" | "UINTEGER" | "VARCHAR";

/** An open database. Close it when done. */
export interface Duck {
  /** Runs a statement of ours. */
  run(sql: string): Promise<void>;
  /** Rows as objects; whole numbers as numbers. */
  rows(sql: string, values?: readonly DuckDBValue[]): Promise<Record<string, unknown>[]>;
  /** The same of a statement that others wrote: one that only selects. */
  select(sql: string, values?: readonly DuckDBValue[]): Promise<Record<string, unknown>[]>;
  /** Whole columns of numbers none of which is unknown: 32 bits each. */
  columns(sql: string): Promise<(Uint32Array | Float32Array)[]>;
  /** Rows for a table, `count` in all, column by column. */
  append(table: string, types: readonly ColumnType[]): Promise<Appender>;
  /** A Parquet file as it stands in SQL. */
  parquet(path: string): string;
  /** No statement from here on changes a setting or opens a file that is not among those that may be read. */
  lock(): Promise<void>;
  close(): void;
}

interface Appender {
  /** `count` rows; typed arrays for columns of numbers. */
  add(count: number, columns: readonly (ArrayLike<unknown> | ((row: number) => DuckDBValue))[]): void;
  close(): void;
}

/** Rows of one chunk, as DuckDB has them. */
const chunkRows = 2048;

export async function openDuck({ readable = [], database, threads }: DuckOptions = {}): Promise<Duck> {
  // Loaded when it is first asked for: that takes as long as the rest of the program together.
  const duckdb = await import("@duckdb/node-api");
  const { DuckDBDataChunk, DuckDBTypeId, StatementType } = duckdb;
  const instance = await duckdb.DuckDBInstance.create(database ?? ":memory:", {
    // Nothing is fetched, and nothing is read that was not named.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(database === undefined
      ? // Nothing is written into the folder that it runs in.
        { memory_limit: memoryLimits.memory, temp_directory: "" }
      : { memory_limit: memoryLimits.database }),
    ...(threads !== undefined && { threads: String(threads) }),
  });
  const connection = await instance.connect();
  const rows: Duck["rows"] = async (sql, values = []) => {
    const result = await connection.runAndReadAll(sql, [...values]);
    return result.getRowObjectsJS().map(plain);
  };
  return {
    run: async (sql) => {
      await connection.run(sql);
    },
    rows,
    select: async (sql, values) => {
      const statements = await statementsOf(connection, sql);
      const kinds = await Promise.all(
        Array.from({ length: statements.count }, async (_, i) => (await statements.prepare(i)).statementType),
      );
      if (kinds.length === 1 && kinds[0] === StatementType.SELECT) return rows(sql, values);
      throw new NoemaError("SQL_STATEMENT", {
        where: `query "${sql.slice(0, 200)}"`,
        found: kinds.length === 1 ? `it is a ${StatementType[kinds[0]]}` : `${kinds.length} statements`,
        needed: "one SELECT is needed",
      });
    },
    columns: async (sql) => {
      const result = await connection.run(sql);
      const chunks = await result.fetchAllChunks();
      const count = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
      return result.columnTypes().map((type, c) => {
        const out = type.typeId === DuckDBTypeId.FLOAT ? new Float32Array(count) : new Uint32Array(count);
        let at = 0;
        for (const chunk of chunks) {
          const { items } = chunk.getColumnVector(c) as unknown as { items: Uint32Array | Float32Array };
          out.set(items.subarray(0, chunk.rowCount), at);
          at += chunk.rowCount;
        }
        return out;
      });
    },
    append: async (table, columnTypes) => {
      const types: DuckDBType[] = columnTypes.map((name) => duckdb[name]);
      const appender = await connection.createAppender(table);
      return {
        add: (count, columns) => {
          for (let first = 0; first < count; first += chunkRows) {
            const size = Math.min(chunkRows, count - first);
            const chunk = DuckDBDataChunk.create(types, size);
            for (const [c, column] of columns.entries()) {
              const vector = chunk.getColumnVector(c);
              const { items } = vector as { items?: { set?(from: ArrayLike<unknown>): void } };
              // Numbers are copied as they lie in memory.
              if (ArrayBuffer.isView(column) && items?.set) {
                items.set((column as unknown as Float32Array).subarray(first, first + size));
              } else {
                for (let i = 0; i < size; i++) {
                  const value = typeof column === "function" ? column(first + i) : column[first + i];
                  vector.setItem(i, (value ?? null) as DuckDBValue);
                }
              }
              vector.flush();
            }
            appender.appendDataChunk(chunk);
          }
        },
        close: () => appender.closeSync(),
      };
    },
    parquet: (path) => `read_parquet(${quotedText(path)})`,
    lock: async () => {
      await connection.run(`SET allowed_paths = [${readable.map(quotedText).join(", ")}]`);
      await connection.run("SET enable_external_access = false");
      await connection.run("SET lock_configuration = true");
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** Where there is not one, the driver says no more than that something failed. */
async function statementsOf(connection: DuckDBConnection, sql: string) {
  try {
    return await connection.extractStatements(sql);
  } catch (cause) {
    if (!/native callback/.test((cause as Error).message)) throw cause;
    throw new NoemaError("SQL_STATEMENT", {
      where: `query "${sql.slice(0, 200)}"`,
      found: "it is empty",
      needed: "one SELECT is needed",
      cause,
    });
  }
}

/** A text as it stands in SQL. */
export const quotedText = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** A name of a column or table as it stands in SQL. */
export const quotedName = (name: string) => `"${name.replaceAll('"', '""')}"`;

function plain(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value,
    ]),
  );
}
