/** @file Recipe: everything that a picture, or a sheet of them, was made from; it is stored in the PNG itself. */
import { createHash } from "node:crypto";
import { NoemaError } from "@noema/engine";
import { z } from "zod";
import { noemaVersion } from "../noema-version.js";
import { pngText, withPngTexts } from "../pictures/png-text.js";
import type { Job } from "./job.js";
import type { Outcome } from "./render.js";

/** Of the form of recipes; another is not read. */
const recipeForm = 1;

/** The PNG keyword. */
const keyword = "noema";

/** More pictures than these are no sheet that anybody looks at, and in one run no run that anybody waits for. */
export const mostPictures = 10_000;

export const mostSteps = 1_000_000;

/** The largest side of a picture: the matrices of its waves grow with its square. */
export const maxSide = 4096;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const file = z.strictObject({ path: z.string().min(1).max(4096), sha256 });
const text = z.string().min(1).max(10_000);
const side = z.int().min(1).max(maxSide);
const seed = z.int().min(0);
const job = z.strictObject({ objective: text, seed });
const tableRow = z.array(z.number().nonnegative()).min(1).max(4096);
const perChannel = z.array(z.number()).min(1).max(64);

const recipeSchema = z.strictObject({
  /** Form of the recipe. */
  noema: z.literal(recipeForm),
  /** Of the program that made the picture. */
  version: z.string().max(100),
  model: z.strictObject({ name: text, ...file.shape }),
  input: text,
  preprocessing: z.strictObject({
    layout: z.enum(["NCHW", "NHWC"]),
    channels: z.union([z.enum(["RGB", "BGR", "grey"]), z.int().min(1).max(64)]),
    range: z.tuple([z.number(), z.number()]).readonly(),
    mean: perChannel.readonly(),
    scale: perChannel.readonly(),
  }),
  size: z.strictObject({ width: side, height: side }),
  image: text,
  alpha: z.boolean(),
  /** A square root of the colours' covariance; null: the default for as many channels. */
  colours: z.array(z.array(z.number()).max(64)).max(64).nullable(),
  /** How strong the waves of an image with such strengths are; null: as in photographs. */
  spectrum: z
    .strictObject({ lowest: z.number().positive(), axes: z.array(z.array(tableRow).min(1).max(4096)).min(1).max(64) })
    .nullable(),
  transforms: z.string().max(10_000),
  overrides: z.string().max(10_000),
  /** The photograph that all started from. */
  start: file.nullable(),
  /** Photographs and vectors that the objectives name. */
  files: z.array(file).max(mostPictures),
  steps: z.int().min(1).max(mostSteps),
  /** Null: what suits the image. */
  rate: z.number().positive().nullable(),
  threads: z.int().min(1).max(1024).nullable(),
  jobs: z.array(job).min(1).max(mostPictures),
  /** What objectives are called, where labels say so. */
  titles: z.record(text, z.string().max(1000)),
  batch: z.int().min(1).max(1024),
  tries: z.int().min(1).max(1024),
  /** Steps after which pictures were kept. */
  keep: z.array(z.int().min(0).max(mostSteps)).max(mostPictures),
  /** Every so many steps there was a frame. */
  every: z.int().min(1).max(mostSteps).nullable(),
  /** Of a single picture: which of the jobs, which ran together, and after how many steps. Null for a sheet of them all. */
  shows: z.strictObject({ place: z.int().min(0), step: z.int().min(0) }).nullable(),
});

export type Recipe = Readonly<z.infer<typeof recipeSchema>>;

/** The same, before it is said by whom and of what. */
export type Ingredients = Readonly<Omit<z.input<typeof recipeSchema>, "noema" | "version" | "shows">>;

/** The recipe of all pictures of a run. */
export function recipeOf(ingredients: Ingredients): Recipe {
  // Parsing puts the fields into one order: equal recipes are equal texts.
  return recipeSchema.parse({ ...ingredients, noema: recipeForm, version: noemaVersion(), shows: null });
}

/** The recipe of one picture of a run: the batch that it was in, and nothing of the others. */
export function recipeOfPicture(run: Recipe, { batch, place }: Outcome, step: number): Recipe {
  const jobs = batch.map(({ objective, seed }): Job => ({ objective, seed }));
  const own = jobs.map(({ objective }) => objective);
  const titles = Object.fromEntries(Object.entries(run.titles).filter(([objective]) => own.includes(objective)));
  return { ...run, jobs, titles, batch: jobs.length, tries: 1, keep: [], every: null, shows: { place, step } };
}

/** What tells one run from another: equal recipes give equal bytes. */
export function recipeHash(recipe: Recipe): string {
  return createHash("sha256").update(JSON.stringify(recipe)).digest("hex");
}

/** The PNG with its recipe, and for other programs, what it shows and what drew it. */
export function withRecipe(png: Uint8Array, recipe: Recipe): Uint8Array {
  return withPngTexts(png, {
    Software: `Noema ${recipe.version}`,
    Description: describe(recipe),
    [keyword]: JSON.stringify(recipe),
  });
}

function describe({ model, jobs, shows, titles }: Recipe): string {
  const shown = shows === null ? jobs : [jobs[shows.place]];
  const objectives = [...new Set(shown.map(({ objective }) => titles[objective] ?? objective))];
  const named = objectives.slice(0, 8).join(", ");
  return `What ${model.name} responds to: ${named}${objectives.length > 8 ? ` and ${objectives.length - 8} more` : ""}`;
}

/**
 * Reads the recipe of a PNG.
 *
 * @param where what messages call the file
 * @throws NoemaError PNG_CORRUPT, RECIPE_MISSING, RECIPE_VERSION, RECIPE_CORRUPT
 */
export function readRecipe(png: Uint8Array, where: string): Recipe {
  const found = pngText(png, keyword, where);
  if (found === undefined) {
    throw new NoemaError("RECIPE_MISSING", {
      where,
      found: "it carries no recipe",
      needed: "only pictures that noema drew, as it wrote them, can be repeated",
      remedy: "Programs that save a picture anew leave the recipe out: look for the original.",
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(found);
  } catch (cause) {
    throw corrupt(where, `it is not JSON (${(cause as Error).message.slice(0, 200)})`, cause);
  }
  const form = (json as { noema?: unknown } | null)?.noema;
  if (typeof form === "number" && form !== recipeForm) {
    throw new NoemaError("RECIPE_VERSION", {
      where,
      found: `its recipe has form ${form}`,
      needed: `this version of noema reads form ${recipeForm}`,
      remedy: "Repeat it with the version of noema that drew it.",
    });
  }
  const result = recipeSchema.safeParse(json);
  if (!result.success) {
    const [{ path, message }] = result.error.issues;
    throw corrupt(where, `${path.length === 0 ? "" : `"${path.join(".").slice(0, 200)}": `}${message.slice(0, 200)}`);
  }
  const { shows, jobs, steps } = result.data;
  if (shows !== null && (shows.place >= jobs.length || shows.step > steps)) {
    throw corrupt(where, `it shows picture ${shows.place} of ${jobs.length} after ${shows.step} of ${steps} steps`);
  }
  return result.data;
}

function corrupt(where: string, found: string, cause?: unknown): NoemaError {
  return new NoemaError("RECIPE_CORRUPT", {
    where: `${where}, recipe`,
    found,
    ...(cause === undefined ? {} : { cause }),
  });
}
