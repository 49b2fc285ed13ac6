/** @file atoms.json: what the atoms in a folder are of: which vectors they were learned from, how, and what came of it. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { reasonOf } from "../models/read-large-file.js";

export const atomsName = "atoms.json";

/** Of a dictionary that is being learned. */
export const learningName = "atoms.state";

export const chartName = "learning.png";

export const atomsFormat = "noema atoms 1";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "a SHA-256 is 64 hexadecimal digits");
const count = z.int().min(0);

const schema = z.object({
  format: z.literal(atomsFormat),
  noema: z.string(),
  /** The command, as it could be given again. */
  command: z.string(),
  /** What decides the atoms. */
  recipe: z.record(z.string(), z.unknown()),
  /** The vectors that are coded. */
  activations: z.object({
    /** Their folder as seen from this one, and as it was given. */
    folder: z.string(),
    given: z.string(),
    hash: sha256,
  }),
  /** The layer that they are of, and what of it a vector is. */
  layer: z.object({ name: z.string(), of: z.string() }).optional(),
  /** Which of the vectors that the atoms were learned from taught, and which were set apart. */
  split: z.object({
    manner: z.string(),
    heldOut: z.string().optional(),
    share: z.number().optional(),
    seed: count,
    training: count,
    test: count,
  }),
  /** As learning went; of many steps, means over several. */
  history: z.array(
    z.object({ step: z.int(), error: z.number(), explained: z.number().nullable(), used: z.int(), replaced: z.int() }),
  ),
  /** Explained variance with at most 0, 1 … K atoms of each vector, of those set apart; where there are none, of all. */
  curve: z.array(z.number()).min(1),
});

export type AtomsFile = z.output<typeof schema>;

/** @throws NoemaError ATOMS_MISSING, ATOMS_UNFINISHED, ATOMS_CORRUPT */
export function readAtomsFile(folder: string): AtomsFile {
  const path = join(folder, atomsName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (existsSync(join(folder, learningName))) {
      throw new NoemaError("ATOMS_UNFINISHED", {
        where: `atoms "${folder}"`,
        found: "they were begun and not finished",
        remedy: "Give the command again that learned them: it goes on where it was.",
        cause,
      });
    }
    throw new NoemaError("ATOMS_MISSING", {
      where: `atoms "${folder}"`,
      found: `${atomsName} in it: ${reasonOf(cause)}`,
      needed: "the folder that noema atoms learn has written",
      cause,
    });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const { issues } = cause instanceof z.ZodError ? cause : {};
    throw new NoemaError("ATOMS_CORRUPT", {
      where: path,
      found: issues ? `${issues[0].path.join(".")}: ${issues[0].message}` : "no JSON",
      needed: "what noema atoms learn wrote",
      remedy: "Learn them again, with --restart.",
      cause,
    });
  }
}
