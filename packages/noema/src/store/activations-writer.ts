/** @file ActivationsWriter: vectors to shards on disk, so that a process killed at any moment loses only what came after the last saving. */
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import { readFilePart } from "../models/read-large-file.js";
import { noemaVersion } from "../noema-version.js";
import { writeBeside } from "../pictures/write-beside.js";
import {
  type ActivationsAbout,
  type ActivationsFile,
  activationsFormat,
  activationsName,
  shardName,
  stateName,
} from "./activations-file.js";
import { ActivationsStore } from "./activations-store.js";
import { hashOfShards, hashOfStore } from "./shard-hashes.js";
import { checkStoreRecipe, type StoreRecipe } from "./store-recipe.js";

/** A shard is no longer, unless one vector is: what programs that map files, and file systems, take easily. */
const usualShardBytes = 2 ** 28;

const each = 4;

export interface WriterOptions {
  /** What decides the vectors: what was begun by another one is not gone on with. */
  readonly recipe: StoreRecipe;
  /** D: numbers of a vector. */
  readonly length: number;
  readonly shardBytes?: number;
  /** Told of what was begun and is damaged, so that it is begun anew. */
  warn(line: string): void;
}

/** What is saved between two vectors. */
interface State<P> {
  readonly format: typeof activationsFormat;
  readonly recipe: StoreRecipe;
  readonly length: number;
  readonly shardRows: number;
  readonly count: number;
  readonly progress: P;
}

/** A folder that is written. Close it when done, or when it is not finished. */
export class ActivationsWriter<P = unknown> {
  readonly folder: string;
  /** What was said with the last saving; undefined at the beginning. */
  readonly progress: P | undefined;
  readonly #options: WriterOptions;
  readonly #shardRows: number;
  #count: number;
  /** The shard that is being written. */
  #file: number | undefined;

  private constructor(folder: string, options: WriterOptions, shardRows: number, state: State<P> | undefined) {
    this.folder = folder;
    this.progress = state?.progress;
    this.#options = options;
    this.#shardRows = shardRows;
    this.#count = state?.count ?? 0;
  }

  /**
   * Begins, or goes on after the last saving; vectors that were written after it are taken away.
   *
   * @throws NoemaError STORE_OTHER where the folder holds vectors of another recipe; OUT_PATH
   */
  static open<P>(folder: string, options: WriterOptions): ActivationsWriter<P> {
    const { length, recipe, shardBytes = usualShardBytes, warn } = options;
    const shardRows = Math.max(1, Math.floor(shardBytes / (length * each)));
    const state = readState<P>(folder, warn);
    if (state !== undefined) checkStoreRecipe(folder, state.recipe, recipe);
    const damage = state && damageOf(folder, state, { length, shardRows });
    if (damage !== undefined) warn(`${join(folder, stateName)}: ${damage}; it begins anew.`);
    const kept = damage === undefined ? state : undefined;
    const writer = new ActivationsWriter<P>(folder, options, shardRows, kept);
    writer.#guarded(() => {
      // What follows does not stand beside what is left of others.
      const first = Math.ceil(writer.#count / shardRows);
      for (const name of namesIn(folder)) {
        const [, index] = /^shard-(\d{5,})\.f32$/.exec(name) ?? [];
        if (name === activationsName || (index !== undefined && Number(index) >= first)) rmSync(join(folder, name));
      }
      const within = writer.#count % shardRows;
      if (within > 0) truncateSync(join(folder, shardName(first - 1)), within * length * each);
    });
    return writer;
  }

  /** N, so far. */
  get count(): number {
    return this.#count;
  }

  /**
   * Vectors one after the other.
   *
   * @throws NoemaError OUT_PATH where the disk refuses: what was saved stays
   */
  append(vectors: Float32Array): void {
    const { length } = this.#options;
    const rows = vectors.length / length;
    this.#guarded(() => {
      for (let done = 0; done < rows; ) {
        const within = this.#count % this.#shardRows;
        this.#file ??= this.#openShard();
        const part = Math.min(rows - done, this.#shardRows - within);
        const bytes = bytesOf(vectors.subarray(done * length, (done + part) * length));
        for (let at = 0; at < bytes.length; ) {
          at += writeSync(this.#file, bytes, at, bytes.length - at, within * length * each + at);
        }
        done += part;
        this.#count += part;
        if (this.#count % this.#shardRows === 0) this.#closeShard();
      }
    });
  }

  /**
   * Makes what was appended lasting, and notes what it was.
   *
   * @throws NoemaError OUT_PATH
   */
  async save(progress: P): Promise<void> {
    this.#guarded(() => {
      if (this.#file !== undefined) fsyncSync(this.#file);
    });
    const { recipe, length } = this.#options;
    const state: State<P> = {
      format: activationsFormat,
      recipe,
      length,
      shardRows: this.#shardRows,
      count: this.#count,
      progress,
    };
    await writeBeside(join(this.folder, stateName), Buffer.from(`${JSON.stringify(state)}\n`));
  }

  /**
   * Writes what the vectors are, last of all: from then on the folder is a store.
   *
   * @throws NoemaError OUT_PATH
   */
  async finish(about: ActivationsAbout): Promise<ActivationsStore> {
    this.close();
    const { recipe, length } = this.#options;
    const shards = this.#shards();
    const sha256 = await hashOfShards(shards.map(({ file }) => join(this.folder, file)));
    const described = shards.map((shard, i) => ({ ...shard, sha256: sha256[i] }));
    const file: ActivationsFile = {
      format: activationsFormat,
      noema: noemaVersion(),
      ...about,
      recipe,
      count: this.#count,
      length,
      shards: described,
      hash: hashOfStore(length, described),
    };
    await writeBeside(join(this.folder, activationsName), Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
    this.#guarded(() => rmSync(join(this.folder, stateName), { force: true }));
    return ActivationsStore.open(this.folder);
  }

  /** What was written, so many vectors at a time. */
  async *written(together: number): AsyncGenerator<Float32Array> {
    const { length } = this.#options;
    for (const { file, rows } of this.#shards()) {
      for (let from = 0; from < rows; from += together) {
        const part = Math.min(together, rows - from);
        const { buffer } = readFilePart(join(this.folder, file), from * length * each, part * length * each);
        yield new Float32Array(buffer);
        await setImmediate();
      }
    }
  }

  #shards(): { readonly file: string; readonly rows: number }[] {
    return Array.from({ length: Math.ceil(this.#count / this.#shardRows) }, (_, i) => ({
      file: shardName(i),
      rows: Math.min(this.#shardRows, this.#count - i * this.#shardRows),
    }));
  }

  /** Releases its file. Safe to call twice. */
  close(): void {
    if (this.#file === undefined) return;
    this.#guarded(() => fsyncSync(this.#file!));
    closeSync(this.#file);
    this.#file = undefined;
  }

  #openShard(): number {
    const index = Math.floor(this.#count / this.#shardRows);
    mkdirSync(this.folder, { recursive: true });
    return openSync(join(this.folder, shardName(index)), constants.O_RDWR | constants.O_CREAT);
  }

  #closeShard(): void {
    fsyncSync(this.#file!);
    closeSync(this.#file!);
    this.#file = undefined;
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (cause) {
      throw new NoemaError("OUT_PATH", {
        where: `--out "${this.folder}"`,
        found: `it cannot be written: ${(cause as Error).message}`,
        cause,
      });
    }
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

function readState<P>(folder: string, warn: (line: string) => void): State<P> | undefined {
  const path = join(folder, stateName);
  if (!existsSync(path)) return undefined;
  try {
    const state = JSON.parse(readFileSync(path, "utf8")) as State<P>;
    if (state.format === activationsFormat && Number.isInteger(state.count)) return state;
    warn(`${path}: another version wrote it; it begins anew.`);
  } catch (cause) {
    warn(`${path}: it cannot be read (${(cause as Error).message}); it begins anew.`);
  }
  return undefined;
}

function damageOf<P>(
  folder: string,
  { length, shardRows, count }: State<P>,
  wanted: { readonly length: number; readonly shardRows: number },
): string | undefined {
  if (length !== wanted.length || shardRows !== wanted.shardRows) return "its shards were cut in another way";
  for (let from = 0; from < count; from += shardRows) {
    const name = shardName(from / shardRows);
    const needed = Math.min(shardRows, count - from) * length * each;
    const found = statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
    if (found < needed) return `${name} is shorter than what was saved`;
  }
  return undefined;
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}
