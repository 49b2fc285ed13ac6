/** @file CodesStore: which vectors have an atom and which atoms a vector has, on disk, asked by atom, by row, by formula or in SQL. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { join, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import type { Codes } from "@noema/lenses";
import { vectorsName } from "./activations-file.js";
import { byAtomName, byVectorNames, type CodesFile, type CodesOf, readCodesFile } from "./codes-file.js";
import { type CodesAbout, writeCodes } from "./codes-writer.js";
import { type Duck, openDuck } from "./duck.js";
import { parseFormula } from "./formula.js";
import { formulaSql } from "./formula-sql.js";

export interface AtomQuery {
  /** At most so many, the strongest. Default: all. */
  readonly limit?: number;
  /** Only those that have more than none of it, or less. Default both. */
  readonly sign?: "positive" | "negative" | "both";
}

/** Vectors, the strongest first. */
export interface AtomVectors {
  readonly rows: Uint32Array;
  /** How much each has: rows; of several atoms rows × atoms, in the order in which they were named. */
  readonly coefficients: Float32Array;
}

export interface VectorAtoms {
  /** In the order in which they were chosen. */
  readonly atoms: Uint32Array;
  readonly coefficients: Float32Array;
}

/** So many codes are read at once at most. */
const mostRead = 2 ** 26;

/** Columns of vectors.parquet that are no factors, and may be asked for as they are. */
const ownColumns = ["row", "picture", "name", "y", "x", "position", "test"];

/** Codes of N vectors. Close it when done. */
export class CodesStore {
  readonly folder: string;
  readonly meta: CodesFile;
  /** What a formula may call by its name, and the column that it is. */
  readonly columns: ReadonlyMap<string, string>;
  readonly #duck: Duck;
  readonly #files = new Map<string, number>();

  private constructor(folder: string, meta: CodesFile, duck: Duck, columns: ReadonlyMap<string, string>) {
    this.folder = folder;
    this.meta = meta;
    this.columns = columns;
    this.#duck = duck;
  }

  /**
   * Writes codes of all vectors of a store, batch after batch in their order, and opens what was written.
   *
   * @throws NoemaError CODES_SHAPE, OUT_PATH
   */
  static async write(
    folder: string,
    batches: AsyncIterable<Codes> | Iterable<Codes>,
    about: CodesAbout,
  ): Promise<CodesStore> {
    await writeCodes(folder, batches, about);
    return CodesStore.open(folder);
  }

  /**
   * @param of hashes of what they should belong to; what is not named is not looked at
   * @throws NoemaError CODES_MISSING, CODES_CORRUPT, CODES_OTHER
   */
  static async open(folder: string, of: CodesOf = {}): Promise<CodesStore> {
    const meta = readCodesFile(folder, of);
    const [byAtom, table] = [byAtomName, vectorsName].map((name) => resolve(folder, name));
    const labelled = meta.columns !== undefined && existsSync(table);
    const duck = await openDuck({ readable: labelled ? [byAtom, table] : [byAtom] });
    try {
      await duck.run(`CREATE VIEW codes AS SELECT atom, coefficient, "row" FROM ${duck.parquet(byAtom)}`);
      const vectors = labelled ? duck.parquet(table) : `(SELECT range::UINTEGER AS "row" FROM range(${meta.vectors}))`;
      await duck.run(`CREATE VIEW vectors AS SELECT * FROM ${vectors}`);
      const present = (await duck.rows("DESCRIBE vectors")).map((row) => String(row.column_name));
      const named = [
        ...ownColumns.map((name) => [name, name] as const),
        // A factor of the name of one of our own columns is the factor.
        ...(meta.columns ?? []).map(({ name, column }) => [name, column] as const),
      ];
      await duck.lock();
      return new CodesStore(folder, meta, duck, new Map(named.filter(([, column]) => present.includes(column))));
    } catch (cause) {
      duck.close();
      throw new NoemaError("CODES_CORRUPT", {
        where: `codes "${folder}"`,
        found: (cause as Error).message.split("\n")[0],
        needed: "what noema atoms encode wrote",
        cause,
      });
    }
  }

  /**
   * Vectors that have an atom, the strongest first, whatever its sign.
   *
   * @throws NoemaError CODES_ATOM
   */
  async withAtom(atom: number, { limit, sign = "both" }: AtomQuery = {}): Promise<AtomVectors> {
    this.#checkAtom(atom);
    const [rows, coefficients] = await this.#duck.columns(
      `SELECT "row", coefficient FROM codes WHERE atom = ${atom}${signSql(sign, "coefficient")} ORDER BY abs(coefficient) DESC, "row"${limitSql(limit)}`,
    );
    return { rows: rows as Uint32Array, coefficients: coefficients as Float32Array };
  }

  /**
   * Vectors that have all of some atoms; the first are those that have most of them together.
   *
   * @throws NoemaError CODES_ATOM
   */
  async withAtoms(atoms: readonly number[], { limit, sign = "both" }: AtomQuery = {}): Promise<AtomVectors> {
    for (const atom of atoms) this.#checkAtom(atom);
    if (atoms.length === 0) return { rows: new Uint32Array(), coefficients: new Float32Array() };
    const parts = atoms.map(
      (atom, i) =>
        `(SELECT "row", coefficient FROM codes WHERE atom = ${atom}${signSql(sign, "coefficient")}) AS a${i}`,
    );
    const joined = parts.map((part, i) => (i === 0 ? part : `${part} ON a${i}."row" = a0."row"`)).join(" JOIN ");
    const together = atoms.map((_, i) => `abs(a${i}.coefficient)`).join(" + ");
    const [rows, ...columns] = await this.#duck.columns(
      `SELECT a0."row", ${atoms.map((_, i) => `a${i}.coefficient`).join(", ")} FROM ${joined} ORDER BY ${together} DESC, a0."row"${limitSql(limit)}`,
    );
    const coefficients = new Float32Array(rows.length * atoms.length);
    columns.forEach((column, c) => {
      for (let i = 0; i < rows.length; i++) coefficients[i * atoms.length + c] = column[i];
    });
    return { rows: rows as Uint32Array, coefficients };
  }

  /**
   * The atoms of one vector.
   *
   * @throws NoemaError CODES_ROWS
   */
  atomsOf(row: number): VectorAtoms {
    const { atoms, coefficients } = this.read(row, 1);
    return { atoms, coefficients };
  }

  /**
   * Codes of vectors one after the other.
   *
   * @throws NoemaError CODES_ROWS, CODES_CORRUPT
   */
  read(from: number, count: number): Codes {
    const { vectors } = this.meta;
    if (!Number.isInteger(from) || !Number.isInteger(count) || from < 0 || count < 0 || from + count > vectors) {
      throw new NoemaError("CODES_ROWS", {
        where: `codes "${this.folder}"`,
        found: `vectors ${from} to ${from + count - 1} are asked for`,
        needed: `there are 0 to ${vectors - 1}`,
      });
    }
    const ends = new BigUint64Array(this.#part(byVectorNames.starts, 8 * from, 8 * (count + 1)));
    const [first, last] = [Number(ends[0]), Number(ends[count])];
    if (!(last >= first && last <= this.meta.parts && last - first <= mostRead)) {
      throw new NoemaError("CODES_CORRUPT", {
        where: join(this.folder, byVectorNames.starts),
        found: `vectors ${from} to ${from + count - 1} have parts ${first} to ${last}`,
        needed: `at most ${mostRead} at once, of ${this.meta.parts}`,
      });
    }
    return {
      vectors: count,
      starts: Uint32Array.from(ends, (end) => Number(end) - first),
      atoms: new Uint32Array(this.#part(byVectorNames.atoms, 4 * first, 4 * (last - first))),
      coefficients: new Float32Array(this.#part(byVectorNames.coefficients, 4 * first, 4 * (last - first))),
    };
  }

  /** How many vectors have each atom: A. */
  async frequencies(): Promise<Uint32Array> {
    const counts = new Uint32Array(this.meta.atoms);
    const [atoms, uses] = await this.#duck.columns("SELECT atom, count(*)::UINTEGER FROM codes GROUP BY atom");
    atoms.forEach((atom, i) => {
      counts[atom] = uses[i];
    });
    return counts;
  }

  /**
   * Vectors that a formula is true of, with all that is known of them and, as `atom(17)`, how much of each atom it names; the
   * first are those that have most of the atom that it names first.
   *
   * @throws NoemaError FORMULA_SYNTAX, FORMULA_FACTOR, FORMULA_ATOM, each pointing at the character
   */
  async where(formula: string, { limit }: Pick<AtomQuery, "limit"> = {}): Promise<Record<string, unknown>[]> {
    const parsed = parseFormula(formula, { atoms: this.meta.atoms, columns: this.columns });
    const amount = (atom: number) => `coalesce(a${atom}.coefficient, 0)`;
    const { where, values, atoms } = formulaSql(parsed, { amount, table: "vectors" });
    const joins = atoms.map(
      (atom) =>
        ` LEFT JOIN (SELECT "row", coefficient FROM codes WHERE atom = ${atom}) AS a${atom} ON a${atom}."row" = vectors."row"`,
    );
    const amounts = atoms.map((atom) => `, ${amount(atom)} AS "atom(${atom})"`);
    const order = atoms.length === 0 ? "" : `abs(${amount(atoms[0])}) DESC, `;
    return this.#duck.rows(
      `SELECT vectors.*${amounts.join("")} FROM vectors${joins.join("")} WHERE ${where} ORDER BY ${order}vectors."row"${limitSql(limit)}`,
      values,
    );
  }

  /**
   * One SELECT over `codes` (atom, coefficient, row) and `vectors` (row, and all that is known of it). No other files are read.
   *
   * @throws NoemaError SQL_STATEMENT, SQL_REFUSED
   */
  async sql(query: string): Promise<Record<string, unknown>[]> {
    try {
      return await this.#duck.select(query);
    } catch (cause) {
      if (cause instanceof NoemaError) throw cause;
      throw new NoemaError("SQL_REFUSED", {
        where: `query "${query.slice(0, 200)}"`,
        found: (cause as Error).message.trim(),
        remedy: `Tables: codes (atom, coefficient, row); vectors (${["row", ...this.columns.values()].filter((name, i, all) => all.indexOf(name) === i).join(", ")}).`,
        cause,
      });
    }
  }

  /** Releases its files. Safe to call twice. */
  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
    this.#duck.close();
  }

  #checkAtom(atom: number): void {
    if (Number.isInteger(atom) && atom >= 0 && atom < this.meta.atoms) return;
    throw new NoemaError("CODES_ATOM", {
      where: `codes "${this.folder}"`,
      found: `atom ${atom} is asked for`,
      needed: `there are 0 to ${this.meta.atoms - 1}`,
    });
  }

  #part(name: string, from: number, length: number): ArrayBuffer {
    const path = join(this.folder, name);
    const file = this.#files.get(name) ?? openSync(path, "r");
    this.#files.set(name, file);
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const read = readSync(file, bytes, at, length - at, from + at);
      if (read === 0) {
        throw new NoemaError("CODES_CORRUPT", {
          where: path,
          found: `it ended after ${from + at} bytes while being read`,
        });
      }
      at += read;
    }
    return bytes.buffer;
  }
}

function signSql(sign: NonNullable<AtomQuery["sign"]>, column: string): string {
  return sign === "both" ? "" : ` AND ${column} ${sign === "positive" ? ">" : "<"} 0`;
}

/** @throws NoemaError CODES_LIMIT */
function limitSql(limit: number | undefined): string {
  if (limit === undefined) return "";
  if (Number.isInteger(limit) && limit >= 0) return ` LIMIT ${limit}`;
  throw new NoemaError("CODES_LIMIT", { where: "limit", found: `${limit}`, needed: "a whole number from 0" });
}
