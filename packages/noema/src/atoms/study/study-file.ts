/** @file study.json: what a study found, layer by layer; layers that are in it are not studied again. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { type StudyKind, type StudyVerdict, studyKinds, studyVerdict } from "@noema/lenses";
import { z } from "zod";
import { writeBeside } from "../../pictures/write-beside.js";
import { checkStoreRecipe, type StoreRecipe } from "../../store/store-recipe.js";

export const studyName = "study.json";

const explained = z.array(z.object({ value: z.number(), low: z.number(), high: z.number() })).min(2);

const schema = z.object({
  noema: z.string(),
  command: z.string(),
  recipe: z.record(z.string(), z.unknown()),
  layers: z.array(
    z.object({
      layer: z.string(),
      /** D; how many vectors taught and how many were held out, of how many pictures. */
      length: z.int().min(1),
      learning: z.int().min(1),
      heldOut: z.int().min(1),
      pictures: z.int().min(1),
      study: z.object({
        curves: z.partialRecord(z.enum(studyKinds), explained),
        above: z.object({ gaussian: explained, shuffled: explained, untrained: explained.optional() }),
      }),
      seconds: z.number(),
    }),
  ),
});

export type StudyFile = z.output<typeof schema>;

export interface StudiedLayer {
  readonly layer: string;
  readonly study: {
    readonly curves: Readonly<Partial<Record<StudyKind, readonly { value: number; low: number; high: number }[]>>>;
  };
  readonly verdict: StudyVerdict;
}

/** What the folder holds of the same study; undefined where it holds none. */
export function readStudy(folder: string, recipe: StoreRecipe): StudyFile | undefined {
  const path = join(folder, studyName);
  if (!existsSync(path)) return undefined;
  let found: StudyFile;
  try {
    found = schema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (cause) {
    throw new NoemaError("STUDY_CORRUPT", {
      where: path,
      found: cause instanceof z.ZodError ? `${cause.issues[0].path.join(".")}: ${cause.issues[0].message}` : "no JSON",
      needed: "what noema atoms study wrote",
      remedy: "Take it away, or give another --out.",
      cause,
    });
  }
  checkStoreRecipe(folder, found.recipe, recipe, "a study");
  return found;
}

export async function writeStudy(folder: string, file: StudyFile): Promise<void> {
  await writeBeside(join(folder, studyName), Buffer.from(`${JSON.stringify(file, null, 1)}\n`));
}

export function studiedLayers({ layers }: StudyFile): StudiedLayer[] {
  return layers.map(({ layer, study }) => {
    const { above, curves } = study;
    const given = { curves, above: { ...above, untrained: above.untrained } };
    return { layer, study, verdict: studyVerdict(layer, given as Parameters<typeof studyVerdict>[1]) };
  });
}
