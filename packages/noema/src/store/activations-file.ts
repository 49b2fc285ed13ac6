/** @file activations.json: what the vectors in a folder are, of which network and which pictures. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { reasonOf } from "../models/read-large-file.js";

export const activationsName = "activations.json";
export const vectorsName = "vectors.parquet";

/** Of a store that is being written. */
export const stateName = "activations.state";

/** Of this form; another is not read. */
export const activationsFormat = "noema activations 1";

export const shardName = (index: number) => `shard-${String(index).padStart(5, "0")}.f32`;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is 64 hexadecimal digits");
const count = z.int().min(0);
const size = z.object({ width: z.int().min(1), height: z.int().min(1) });

/** How a network wants its pictures, as in a sidecar. */
const preprocessing = z.object({
  layout: z.enum(["NCHW", "NHWC"]),
  channels: z.union([z.enum(["RGB", "BGR", "grey"]), z.int().min(1)]),
  range: z.tuple([z.number(), z.number()]),
  mean: z.array(z.number()),
  scale: z.array(z.number()),
});

/** What vectors are taken of: one per picture, or one per position. */
const vectorKinds = ["mean", "max", "centre", "all", "drawn"] as const;
export type VectorKind = (typeof vectorKinds)[number];

const model = z.object({
  /** What pictures of it are titled with. */
  name: z.string(),
  /** As on the command line. */
  from: z.string(),
  /** SHA-256 of its files. */
  hash: sha256,
  input: z.string(),
  size,
  preprocessing,
});

const layer = z.object({
  name: z.string(),
  channels: z.int().min(1),
  /** Lengths of its axes of positions: rows, columns; none of a layer without. */
  positions: z.array(z.int().min(1)),
  of: z.enum(vectorKinds),
  /** Vectors of each picture. */
  perPicture: z.int().min(1),
});

const pictures = z.object({
  /** As on the command line. */
  data: z.string(),
  kind: z.string(),
  /** Where they were resized on the way to the network. */
  dataSize: size.optional(),
  most: z.int().min(1).optional(),
  dataSeed: count,
  /** How many there were, and how many could be read: `vectors` is in their order. */
  count,
  used: count,
  /** SHA-256 of pictures and labels; of files, of their names, lengths and labels. */
  hash: sha256,
  /** The factor that is the label; undefined where nothing is known of them. */
  label: z.string().optional(),
  /** What is known of each, and the column of `vectors.parquet` that tells it. */
  columns: z.array(z.object({ name: z.string(), column: z.string() })),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
});

const schema = z.object({
  format: z.literal(activationsFormat),
  noema: z.string(),
  /** The command, as it could be given again. */
  command: z.string().optional(),
  /** What decides the vectors. */
  recipe: z.record(z.string(), z.unknown()),
  /** N vectors of D numbers each. */
  count: z.int().min(1),
  length: z.int().min(1),
  /** In order; their rows sum to N. */
  shards: z.array(z.object({ file: z.string(), rows: z.int().min(1), sha256 })).min(1),
  /** SHA-256 of what the shards hold: by it what is made of these vectors knows them again. */
  hash: sha256,
  model: model.optional(),
  layer: layer.optional(),
  pictures: pictures.optional(),
  seed: count.optional(),
  /** Over all numbers of all vectors, and of the channels. */
  figures: z.record(z.string(), z.number()).optional(),
});

export type ActivationsFile = z.output<typeof schema>;

/** All but what the writer itself knows. */
export type ActivationsAbout = Omit<
  ActivationsFile,
  "format" | "noema" | "recipe" | "count" | "length" | "shards" | "hash"
>;

/**
 * @param needed whose folder it should be, for the message where there is no such file
 * @throws NoemaError ACTIVATIONS_MISSING, ACTIVATIONS_UNFINISHED, ACTIVATIONS_CORRUPT
 */
export function readActivationsFile(folder: string): ActivationsFile {
  const path = join(folder, activationsName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw absent(folder, cause);
  }
  let file: ActivationsFile;
  try {
    file = schema.parse(JSON.parse(text));
  } catch (cause) {
    const { issues } = cause instanceof z.ZodError ? cause : {};
    throw corrupt(path, issues ? `${issues[0].path.join(".")}: ${issues[0].message}` : "no JSON", cause);
  }
  const rows = file.shards.reduce((sum, shard) => sum + shard.rows, 0);
  if (rows !== file.count)
    throw corrupt(path, `its shards have ${rows} vectors, and ${file.count} are said to be there`);
  // A name from a file of others must not lead out of the folder.
  const strange = file.shards.findIndex((shard, i) => shard.file !== shardName(i));
  if (strange >= 0) {
    throw corrupt(
      path,
      `shard ${strange} is called "${file.shards[strange].file.slice(0, 100)}", not ${shardName(strange)}`,
    );
  }
  if (file.count * file.length > Number.MAX_SAFE_INTEGER / 4)
    throw corrupt(path, "it has more numbers than can be counted");
  return file;
}

function absent(folder: string, cause: unknown): NoemaError {
  try {
    readFileSync(join(folder, stateName));
  } catch {
    return new NoemaError("ACTIVATIONS_MISSING", {
      where: `activations "${folder}"`,
      found: `${activationsName} in it: ${reasonOf(cause)}`,
      needed: "the folder that noema activations has written",
      cause,
    });
  }
  return new NoemaError("ACTIVATIONS_UNFINISHED", {
    where: `activations "${folder}"`,
    found: "they were begun and not finished",
    remedy: "Give the command again that wrote them: it goes on where it was.",
    cause,
  });
}

function corrupt(path: string, found: string, cause?: unknown): NoemaError {
  return new NoemaError("ACTIVATIONS_CORRUPT", {
    where: path,
    found,
    needed: "what noema activations wrote",
    remedy: "Make them again, with --restart.",
    ...(cause === undefined ? {} : { cause }),
  });
}
