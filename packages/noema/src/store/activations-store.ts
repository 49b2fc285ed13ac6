/** @file ActivationsStore: vectors of a layer on disk, read by rows in any order, whatever their number. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import { reasonOf } from "../models/read-large-file.js";
import { type ActivationsFile, readActivationsFile, vectorsName } from "./activations-file.js";
import { openDuck } from "./duck.js";

/** Bytes of a float32. */
const each = 4;

/** One read call brings at most this much. */
const pieceBytes = 2 ** 30;

/** So many numbers are read at once at most: an array of 2 GiB. */
const mostNumbers = 2 ** 29;

/** So many shards are held open. */
const mostOpen = 64;

/** N vectors of D numbers. Close it when done. */
export class ActivationsStore {
  readonly folder: string;
  /** N. */
  readonly count: number;
  /** D. */
  readonly length: number;
  /** What they are, of which network and which pictures. */
  readonly meta: ActivationsFile;
  /** The first row of each shard, and N. */
  readonly #starts: readonly number[];
  /** By shard; those that were asked for last stand last. */
  readonly #files = new Map<number, number>();

  private constructor(folder: string, meta: ActivationsFile) {
    this.folder = folder;
    this.count = meta.count;
    this.length = meta.length;
    this.meta = meta;
    const starts = [0];
    for (const { rows } of meta.shards) starts.push(starts[starts.length - 1] + rows);
    this.#starts = starts;
  }

  /**
   * @throws NoemaError ACTIVATIONS_MISSING, ACTIVATIONS_UNFINISHED, ACTIVATIONS_CORRUPT; ACTIVATIONS_SHARD where a file is
   *   missing or has another length
   */
  static open(folder: string): ActivationsStore {
    const meta = readActivationsFile(folder);
    for (const { file, rows } of meta.shards) {
      const found = statSync(join(folder, file), { throwIfNoEntry: false });
      const wanted = rows * meta.length * each;
      if (found?.isFile() && found.size === wanted) continue;
      throw new NoemaError("ACTIVATIONS_SHARD", {
        where: join(folder, file),
        found: found?.isFile() ? `${found.size} bytes` : "there is no such file",
        needed: `${wanted} bytes: ${rows} vectors of ${meta.length} numbers`,
        remedy: "Copy the folder again, or make it again with noema activations … --restart.",
      });
    }
    return new ActivationsStore(folder, meta);
  }

  /**
   * Rows one after the other: count × D.
   *
   * @throws NoemaError ACTIVATIONS_ROWS, ACTIVATIONS_SHARD
   */
  read(from: number, count: number): Float32Array {
    this.#check(from, count, count);
    const out = new Float32Array(count * this.length);
    this.#into(out, from, count);
    return out;
  }

  /**
   * Rows in this order, the same one as often as it is named: indices × D.
   *
   * @throws NoemaError ACTIVATIONS_ROWS, ACTIVATIONS_SHARD
   */
  rows(indices: ArrayLike<number>): Float32Array {
    for (let i = 0; i < indices.length; i++) this.#check(indices[i], 1, indices.length);
    const out = new Float32Array(indices.length * this.length);
    for (let i = 0; i < indices.length; ) {
      let run = 1;
      while (i + run < indices.length && indices[i + run] === indices[i] + run) run++;
      this.#into(out.subarray(i * this.length, (i + run) * this.length), indices[i], run);
      i += run;
    }
    return out;
  }

  /** All rows in their order, so many at a time; other work of the program is done in between. */
  async *batches(size: number): AsyncGenerator<{ readonly from: number; readonly vectors: Float32Array }> {
    if (!(Number.isInteger(size) && size >= 1)) {
      throw new NoemaError("ACTIVATIONS_ROWS", {
        where: `activations "${this.folder}"`,
        found: `${size} vectors at a time are asked for`,
        needed: "a whole number from 1",
      });
    }
    for (let from = 0; from < this.count; from += size) {
      yield { from, vectors: this.read(from, Math.min(size, this.count - from)) };
      await setImmediate();
    }
  }

  /**
   * What is known of some vectors: `row`, `picture`, `name`, where in it, its labels; in the order of `rows`.
   *
   * @throws NoemaError ACTIVATIONS_ROWS; ACTIVATIONS_SHARD where vectors.parquet is missing or damaged
   */
  async describe(rows: ArrayLike<number>): Promise<Readonly<Record<string, unknown>>[]> {
    for (let i = 0; i < rows.length; i++) this.#check(rows[i], 1, rows.length);
    const path = join(this.folder, vectorsName);
    const refused = (found: string, cause?: unknown) =>
      new NoemaError("ACTIVATIONS_SHARD", { where: path, found, ...(cause === undefined ? {} : { cause }) });
    if (!existsSync(path)) throw refused("there is no such file");
    const duck = await openDuck({ readable: [path] });
    try {
      const list = [...new Set(Array.from(rows))].join(", ");
      if (list === "") return [];
      const found = await duck.rows(`SELECT * FROM ${duck.parquet(path)} WHERE "row" IN (${list})`);
      const byRow = new Map(found.map((one) => [one.row as number, one]));
      return Array.from(rows, (row) => byRow.get(row) ?? { row });
    } catch (cause) {
      throw cause instanceof NoemaError ? cause : refused((cause as Error).message, cause);
    } finally {
      duck.close();
    }
  }

  /** Releases its files. Safe to call twice. */
  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  #check(from: number, count: number, together: number): void {
    const whole = Number.isInteger(from) && Number.isInteger(count);
    if (!whole || from < 0 || count < 0 || from + count > this.count) {
      throw new NoemaError("ACTIVATIONS_ROWS", {
        where: `activations "${this.folder}"`,
        found: `vectors ${from} to ${from + count - 1} are asked for`,
        needed: `there are 0 to ${this.count - 1}`,
      });
    }
    if (!(together * this.length <= mostNumbers)) {
      throw new NoemaError("ACTIVATIONS_ROWS", {
        where: `activations "${this.folder}"`,
        found: `${together} vectors of ${this.length} numbers are asked for at once`,
        needed: `at most ${Math.floor(mostNumbers / this.length)}`,
      });
    }
  }

  #into(out: Float32Array, from: number, count: number): void {
    let shard = this.#shardOf(from);
    for (let done = 0; done < count; shard++) {
      const within = from + done - this.#starts[shard];
      const rows = Math.min(count - done, this.#starts[shard + 1] - from - done);
      const part = out.subarray(done * this.length, (done + rows) * this.length);
      this.#fill(part, shard, within * this.length * each);
      done += rows;
    }
  }

  #shardOf(row: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle] <= row) low = middle;
      else high = middle;
    }
    return low;
  }

  #fill(part: Float32Array, shard: number, position: number): void {
    const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    const path = join(this.folder, this.meta.shards[shard].file);
    const refused = (found: string, cause?: unknown) =>
      new NoemaError("ACTIVATIONS_SHARD", { where: path, found, ...(cause === undefined ? {} : { cause }) });
    let at = 0;
    while (at < bytes.length) {
      let read: number;
      try {
        read = readSync(this.#open(shard), bytes, at, Math.min(pieceBytes, bytes.length - at), position + at);
      } catch (cause) {
        throw refused(reasonOf(cause), cause);
      }
      if (read === 0) throw refused(`it ended after ${position + at} bytes while being read`);
      at += read;
    }
  }

  #open(shard: number): number {
    const file = this.#files.get(shard) ?? openSync(join(this.folder, this.meta.shards[shard].file), "r");
    this.#files.delete(shard);
    this.#files.set(shard, file);
    if (this.#files.size > mostOpen) {
      const [[oldest, other]] = this.#files;
      closeSync(other);
      this.#files.delete(oldest);
    }
    return file;
  }
}
