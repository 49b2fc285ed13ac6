/** @file run.json: what a finished training was, and what came of it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { z } from "zod";

export const runName = "run.json";

const figures = z.record(z.string(), z.number());

const schema = z
  .object({
    noema: z.string(),
    task: z.enum(["xcov", "classifier", "autoencoder"]),
    /** The command, as it could be given again. */
    command: z.string(),
    options: z.record(z.string(), z.unknown()),
    picture: z.object({
      channels: z.union([z.literal(1), z.literal(3)]),
      height: z.int().min(1),
      width: z.int().min(1),
    }),
    /** Name of the factor that is the label, and its values; of an autoencoder without one empty. */
    label: z.string(),
    labels: z.array(z.string()),
    latents: z.int().min(0),
    data: z.object({
      count: z.int().min(1),
      training: z.int().min(1),
      test: z.int().min(0),
      /** How pictures were set apart. */
      manner: z.string(),
      examples: z.int().min(1),
      skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
      /** SHA-256 of the pictures and labels, and of which of them taught and tested. */
      hash: z.string(),
      split: z.string().optional(),
    }),
    parameters: z.int().min(1),
    steps: z.int().min(1),
    seconds: z.number(),
    bestEpoch: z.int().optional(),
    history: z.array(z.object({ epoch: z.int(), step: z.int(), training: figures, held: figures })),
    /** Of the pictures set apart, seen through the models as written. */
    figures,
  })
  .refine(({ task, labels }) => task === "autoencoder" || labels.length > 1, {
    path: ["labels"],
    message: "two labels at least are needed",
  });

export type RunFile = z.output<typeof schema>;

/** @throws NoemaError RUN_MISSING, RUN_CORRUPT */
export function readRun(folder: string): RunFile {
  const path = join(folder, runName);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new NoemaError("RUN_MISSING", {
      where: `run "${folder}"`,
      found:
        (cause as NodeJS.ErrnoException).code === "ENOENT" ? `there is no ${runName} in it` : (cause as Error).message,
      needed: "the folder of a finished training",
      remedy: "noema train writes one.",
      cause,
    });
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new NoemaError("RUN_CORRUPT", {
      where: path,
      found: cause instanceof z.ZodError ? `${cause.issues[0].path.join(".")}: ${cause.issues[0].message}` : "no JSON",
      needed: "what noema train wrote",
      cause,
    });
  }
}
