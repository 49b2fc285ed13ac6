/** @file writeCodes: codes of any number of vectors to disk, by vector and sorted by atom, in bounded memory. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import { type Codes, checkCodes } from "@noema/lenses";
import { noemaVersion } from "../noema-version.js";
import { writeBeside } from "../pictures/write-beside.js";
import { vectorsName } from "./activations-file.js";
import type { ActivationsStore } from "./activations-store.js";
import { byAtomName, byVectorNames, type CodesFile, codesFormat, codesName } from "./codes-file.js";
import { type Duck, openDuck, quotedText } from "./duck.js";

export interface CodesAbout {
  /** The vectors that are coded: their table of labels comes along. */
  readonly activations: Pick<ActivationsStore, "count" | "folder" | "meta">;
  /** SHA-256 of the dictionary, and how many atoms it has. */
  readonly dictionary: { readonly hash: string; readonly count: number };
  /** How they were coded, as plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Asked for when all are written. */
  readonly figures?: () => Readonly<Record<string, number>>;
}

/** Rows are numbered with 32 bits. */
const mostVectors = 2 ** 32 - 1;

/**
 * Writes codes, in the order of the vectors.
 *
 * @param batches codes of the first vectors, of the next …
 * @throws NoemaError CODES_SHAPE where batches do not fit the dictionary or the vectors, or hold numbers that are not finite;
 *   OUT_PATH. Then no codes.json is there
 */
export async function writeCodes(
  folder: string,
  batches: AsyncIterable<Codes> | Iterable<Codes>,
  about: CodesAbout,
): Promise<CodesFile> {
  const part = (name: string) => join(folder, `.${name}.${process.pid}.part`);
  const database = `${part(byAtomName)}.duckdb`;
  const table = join(about.activations.folder, vectorsName);
  const labelled = existsSync(table);
  const names = [...Object.values(byVectorNames), byAtomName];
  const parts = [...names, vectorsName].map(part);
  const clear = () => {
    for (const path of [...parts, database, `${database}.wal`]) rmSync(path, { force: true });
    rmSync(`${database}.tmp`, { recursive: true, force: true });
  };
  try {
    mkdirSync(folder, { recursive: true });
    clear();
    const [starts, atoms, coefficients] = Object.values(byVectorNames).map((name) => new PartFile(part(name)));
    const duck = await openDuck({ database });
    let written: Written;
    try {
      written = await writeAll(batches, about, { starts, atoms, coefficients, duck });
      await duck.run(
        `COPY (SELECT atom, coefficient, "row" FROM codes ORDER BY atom, abs(coefficient) DESC, "row") TO ${quotedText(part(byAtomName))} (FORMAT parquet)`,
      );
    } finally {
      duck.close();
      for (const file of [starts, atoms, coefficients]) file.close();
    }
    if (labelled) copyFileSync(table, part(vectorsName));
    // What is there from before belongs to other codes from here on.
    rmSync(join(folder, codesName), { force: true });
    for (const name of names) renameSync(part(name), join(folder, name));
    if (labelled) renameSync(part(vectorsName), join(folder, vectorsName));
    else if (resolve(folder) !== resolve(about.activations.folder)) rmSync(join(folder, vectorsName), { force: true });
    const { meta } = about.activations;
    const file: CodesFile = {
      format: codesFormat,
      noema: noemaVersion(),
      ...written,
      atoms: about.dictionary.count,
      activations: meta.hash,
      dictionary: about.dictionary.hash,
      ...(meta.model && { model: meta.model.hash }),
      ...(labelled && { columns: meta.pictures?.columns ?? [] }),
      options: { ...about.options },
      ...(about.figures && { figures: { ...about.figures() } }),
    };
    await writeBeside(join(folder, codesName), Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
    return file;
  } catch (cause) {
    if (cause instanceof NoemaError) throw cause;
    // What whoever makes the batches throws is theirs.
    if (!(cause instanceof Error) || !isOfDisk(cause)) throw cause;
    throw new NoemaError("OUT_PATH", {
      where: `--out "${folder}"`,
      found: `it cannot be written: ${cause.message}`,
      cause,
    });
  } finally {
    clear();
  }
}

type Written = Pick<CodesFile, "vectors" | "parts">;

interface Targets {
  readonly starts: PartFile;
  readonly atoms: PartFile;
  readonly coefficients: PartFile;
  readonly duck: Duck;
}

async function writeAll(
  batches: AsyncIterable<Codes> | Iterable<Codes>,
  { activations, dictionary }: CodesAbout,
  { starts, atoms, coefficients, duck }: Targets,
): Promise<Written> {
  const refuse = (found: string, needed: string) => new NoemaError("CODES_SHAPE", { where: "codes", found, needed });
  await duck.run('CREATE TABLE codes (atom UINTEGER, coefficient FLOAT, "row" UINTEGER)');
  const appender = await duck.append("codes", ["UINTEGER", "FLOAT", "UINTEGER"]);
  let [vectors, parts] = [0, 0];
  starts.write(new BigUint64Array(1));
  for await (const codes of batches) {
    checkCodes(codes, dictionary.count);
    const odd = codes.coefficients.findIndex((v) => !Number.isFinite(v));
    if (odd >= 0) throw refuse(`part ${parts + odd} is ${codes.coefficients[odd]} of its atom`, "finite numbers");
    const most = Math.min(activations.count, mostVectors);
    if (vectors + codes.vectors > most) throw refuse(`more than ${most} vectors`, `one code for each of ${most}`);
    const rows = new Uint32Array(codes.atoms.length);
    const ends = new BigUint64Array(codes.vectors);
    for (let i = 0; i < codes.vectors; i++) {
      rows.fill(vectors + i, codes.starts[i], codes.starts[i + 1]);
      ends[i] = BigInt(parts + codes.starts[i + 1]);
    }
    starts.write(ends);
    atoms.write(codes.atoms);
    coefficients.write(codes.coefficients);
    appender.add(rows.length, [codes.atoms, codes.coefficients, rows]);
    vectors += codes.vectors;
    parts += rows.length;
  }
  appender.close();
  if (vectors !== activations.count) throw refuse(`${vectors} vectors`, `one code for each of ${activations.count}`);
  return { vectors, parts };
}

const isOfDisk = (cause: Error) => "syscall" in cause || /IO Error|Out of Memory|No space left/i.test(cause.message);

/** A file that is written from its beginning to its end. */
class PartFile {
  #file: number | undefined;

  constructor(path: string) {
    this.#file = openSync(path, "w");
  }

  write({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file!, bytes, at);
  }

  close(): void {
    if (this.#file === undefined) return;
    fsyncSync(this.#file);
    closeSync(this.#file);
    this.#file = undefined;
  }
}
