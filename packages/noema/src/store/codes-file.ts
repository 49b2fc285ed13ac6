/** @file codes.json: whose codes lie in a folder: of which vectors, by which dictionary. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { reasonOf } from "../models/read-large-file.js";

export const codesName = "codes.json";

/** Sorted by atom, the strongest first: atom, coefficient, row. */
export const byAtomName = "codes.parquet";

/** The same by vector: where the parts of each begin (uint64, N + 1), their atoms (uint32), how much of each (float32). */
export const byVectorNames = {
  starts: "codes-starts.u64",
  atoms: "codes-atoms.u32",
  coefficients: "codes-coefficients.f32",
} as const;

export const codesFormat = "noema codes 1";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is 64 hexadecimal digits");

const schema = z.object({
  format: z.literal(codesFormat),
  noema: z.string(),
  /** N vectors, A atoms of the dictionary, and how many parts all vectors have together. */
  vectors: z.int().min(1),
  atoms: z.int().min(1),
  parts: z.int().min(0),
  /** SHA-256: of the vectors, as activations.json says; of the dictionary, as dictionary.json says; of the network's files. */
  activations: sha256,
  dictionary: sha256,
  model: sha256.optional(),
  /** What is known of pictures, and the column of vectors.parquet that tells it; undefined where there is no such table. */
  columns: z.array(z.object({ name: z.string(), column: z.string() })).optional(),
  /** How they were coded, as plain data. */
  options: z.record(z.string(), z.unknown()),
  figures: z.record(z.string(), z.number()).optional(),
});

export type CodesFile = z.output<typeof schema>;

/** Hashes of what codes should belong to. */
export type CodesOf = Partial<Pick<CodesFile, "activations" | "dictionary" | "model">>;

const inWords: Readonly<Record<keyof CodesOf, string>> = {
  activations: "other vectors",
  dictionary: "another dictionary",
  model: "another network",
};

/**
 * @param of what is not named is not looked at
 * @throws NoemaError CODES_MISSING, CODES_CORRUPT; CODES_OTHER where they belong to others
 */
export function readCodesFile(folder: string, of: CodesOf = {}): CodesFile {
  const path = join(folder, codesName);
  const corrupt = (where: string, found: string, cause?: unknown) =>
    new NoemaError("CODES_CORRUPT", {
      where,
      found,
      needed: "what noema atoms encode wrote",
      remedy: "Encode again.",
      ...(cause === undefined ? {} : { cause }),
    });
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new NoemaError("CODES_MISSING", {
      where: `codes "${folder}"`,
      found: `${codesName} in it: ${reasonOf(cause)}`,
      needed: "the folder that noema atoms encode has written",
      cause,
    });
  }
  let file: CodesFile;
  try {
    file = schema.parse(JSON.parse(text));
  } catch (cause) {
    const { issues } = cause instanceof z.ZodError ? cause : {};
    throw corrupt(path, issues ? `${issues[0].path.join(".")}: ${issues[0].message}` : "no JSON", cause);
  }
  for (const what of ["model", "activations", "dictionary"] as const) {
    if (of[what] === undefined || of[what] === file[what]) continue;
    throw new NoemaError("CODES_OTHER", {
      where: `codes "${folder}"`,
      found: `they are of ${inWords[what]}, ${file[what]?.slice(0, 12) ?? "an unknown one"}`,
      needed: `those of ${of[what]?.slice(0, 12)}`,
      remedy: "Encode again, or name the folder that belongs to it.",
    });
  }
  const { starts, atoms, coefficients } = byVectorNames;
  const sizes = { [starts]: 8 * (file.vectors + 1), [atoms]: 4 * file.parts, [coefficients]: 4 * file.parts };
  for (const [name, needed] of Object.entries({ ...sizes, [byAtomName]: undefined })) {
    const found = statSync(join(folder, name), { throwIfNoEntry: false });
    if (!found?.isFile()) throw corrupt(join(folder, name), "there is no such file");
    if (needed !== undefined && found.size !== needed) {
      throw corrupt(join(folder, name), `${found.size} bytes in place of ${needed}`);
    }
  }
  return file;
}
