/** @file dictionary.f32 and dictionary.json: a dictionary of atoms on disk, with what it was learned from. */
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { checkDictionary, type Dictionary } from "@noema/lenses";
import { z } from "zod";
import { readLargeFile, reasonOf } from "../models/read-large-file.js";
import { noemaVersion } from "../noema-version.js";
import { writeBeside } from "../pictures/write-beside.js";

const format = "noema dictionary 1";

const dictionaryName = "dictionary.json";
const numbersName = "dictionary.f32";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is 64 hexadecimal digits");

const schema = z.object({
  format: z.literal(format),
  noema: z.string(),
  /** A atoms of D numbers. */
  count: z.int().min(1),
  length: z.int().min(1),
  nonNegative: z.boolean(),
  /** Whether D×D numbers that whiten follow the mean. */
  whitened: z.literal(true).optional(),
  /** Atoms of a vector. */
  sparsity: z.int().min(1),
  /** SHA-256 of the vectors that it was learned from, and of the network that they are of. */
  activations: sha256,
  model: sha256.optional(),
  /** How it was learned, as plain data. */
  options: z.record(z.string(), z.unknown()),
  seed: z.int().min(0),
  /** What came of it. */
  figures: z.record(z.string(), z.number()),
  /** SHA-256 of dictionary.f32: by it codes know their dictionary again. */
  hash: sha256,
});

export type DictionaryFile = z.output<typeof schema>;

export type DictionaryAbout = Pick<
  DictionaryFile,
  "sparsity" | "activations" | "model" | "options" | "seed" | "figures"
>;

/**
 * Writes a dictionary: the atoms, row by row, the mean, and the whitening where there is one, row by row, as little-endian float32; and
 * beside it what it is.
 *
 * @throws NoemaError DICTIONARY_SHAPE, DICTIONARY_NUMBERS, DICTIONARY_LENGTH, OUT_PATH
 */
export async function writeDictionary(
  folder: string,
  dictionary: Dictionary,
  about: DictionaryAbout,
): Promise<DictionaryFile> {
  checkDictionary(dictionary);
  const { count, length, nonNegative, atoms, mean, whitening } = dictionary;
  const numbers = new Float32Array((count + 1) * length + (whitening?.length ?? 0));
  numbers.set(atoms);
  numbers.set(mean, count * length);
  if (whitening !== undefined) numbers.set(whitening, (count + 1) * length);
  const bytes = new Uint8Array(numbers.buffer);
  const hash = createHash("sha256").update(bytes).digest("hex");
  const file: DictionaryFile = {
    ...{ format, noema: noemaVersion(), count, length, nonNegative },
    ...(whitening && { whitened: true }),
    ...about,
    hash,
  };
  // A process killed in between leaves no description of other numbers.
  rmSync(join(folder, dictionaryName), { force: true });
  await writeBeside(join(folder, numbersName), bytes);
  await writeBeside(join(folder, dictionaryName), Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
  return file;
}

export interface OpenDictionary {
  readonly dictionary: Dictionary;
  readonly file: DictionaryFile;
}

/** @throws NoemaError DICTIONARY_MISSING, DICTIONARY_CORRUPT, DICTIONARY_NUMBERS, DICTIONARY_LENGTH */
export function readDictionary(folder: string): OpenDictionary {
  const path = join(folder, dictionaryName);
  const corrupt = (where: string, found: string, cause?: unknown) =>
    new NoemaError("DICTIONARY_CORRUPT", {
      where,
      found,
      needed: "what noema atoms learn wrote",
      ...(cause === undefined ? {} : { cause }),
    });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new NoemaError("DICTIONARY_MISSING", {
      where: `dictionary "${folder}"`,
      found: `${dictionaryName} in it: ${reasonOf(cause)}`,
      needed: "the folder that noema atoms learn has written",
      cause,
    });
  }
  let file: DictionaryFile;
  try {
    file = schema.parse(JSON.parse(text));
  } catch (cause) {
    const { issues } = cause instanceof z.ZodError ? cause : {};
    throw corrupt(path, issues ? `${issues[0].path.join(".")}: ${issues[0].message}` : "no JSON", cause);
  }
  const numbers = join(folder, numbersName);
  const bytes = readLargeFile(numbers);
  const { count, length, nonNegative, whitened } = file;
  const rows = count + 1 + (whitened ? length : 0);
  const needed = 4 * rows * length;
  if (bytes.length !== needed) {
    const all = `${count} atoms of ${length} numbers${whitened ? ", a mean and a whitening" : " and a mean"}`;
    throw corrupt(numbers, `${bytes.length} bytes, where ${all} are ${needed}`);
  }
  if (createHash("sha256").update(bytes).digest("hex") !== file.hash) {
    throw corrupt(numbers, `its numbers are not those that ${dictionaryName} is of`);
  }
  const all = new Float32Array(bytes.buffer, bytes.byteOffset, rows * length);
  const dictionary: Dictionary = {
    ...{ count, length, nonNegative },
    atoms: all.subarray(0, count * length),
    mean: all.subarray(count * length, (count + 1) * length),
    ...(whitened && { whitening: all.subarray((count + 1) * length) }),
  };
  checkDictionary(dictionary);
  return { dictionary, file };
}
