/** @file planRun: what was asked for on the command line, as a recipe: everything read, checked and named by its content. */
import { dirname, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import {
  channelCount,
  defaultSteps,
  expandBraces,
  imagenetColours,
  parseObjective,
  parseTransforms,
} from "@noema/lenses";
import { readColoursFile } from "../models/colours-file.js";
import { hashFiles } from "../models/file-hash.js";
import { readLabels } from "../models/labels.js";
import { openForPictures, type Size } from "../models/open-for-pictures.js";
import { type OpenModel, openModel } from "../models/open-model.js";
import { defaultOverrides, defaultTransforms, mannerOf } from "./manner.js";
import { filesNamed } from "./materials.js";
import { readNumbers } from "./number-lists.js";
import { type Ingredients, maxSide, mostPictures, type Recipe, recipeOf } from "./recipe.js";

/** As typed. */
export interface Asked {
  readonly model: string;
  readonly objective: string;
  readonly seed?: number | undefined;
  readonly seeds?: string | undefined;
  readonly tries?: number | undefined;
  readonly batch?: number | undefined;
  readonly steps?: number | undefined;
  readonly rate?: number | undefined;
  readonly size?: string | undefined;
  readonly image?: string | undefined;
  readonly alpha?: boolean | undefined;
  readonly colours?: string | undefined;
  readonly transforms?: string | undefined;
  readonly overrides?: string | undefined;
  readonly start?: string | undefined;
  readonly snapshots?: string | undefined;
  readonly every?: number | undefined;
  readonly labels?: string | undefined;
  readonly sidecar?: string | undefined;
  readonly input?: string | undefined;
  readonly threads?: number | undefined;
}

/** A run that can be performed. */
export interface Run {
  readonly recipe: Recipe;
  readonly opened: OpenModel;
  /** What was guessed or left out, to be shown to the user. */
  readonly notes: readonly string[];
}

/** @throws NoemaError OPTION_VALUE, RUN_PICTURES, and what models, objectives, labels, colours and files are refused for */
export async function planRun(asked: Asked): Promise<Run> {
  const steps = asked.steps ?? defaultSteps;
  const seeds = seedsOf(asked);
  const keep =
    asked.snapshots === undefined ? [] : readNumbers(asked.snapshots, "--snapshots", { least: 0, most: steps });
  checkFrames(asked.every, steps);
  const size = asked.size === undefined ? undefined : readSize(asked.size);
  const opened = await openModel(asked.model, { sidecar: asked.sidecar });
  const labels = labelsOf(opened, asked.labels);
  const options = labels === undefined ? {} : { labels };
  const objectives = [...new Set(expandBraces(asked.objective).map((text) => parseObjective(text, options).text))];
  const jobs = objectives.flatMap((objective) => seeds.map((seed) => ({ objective, seed })));
  if (jobs.length > mostPictures) {
    throw new NoemaError("RUN_PICTURES", {
      where: "--objective and --seeds",
      found: `${jobs.length.toLocaleString("en-US")} pictures`,
      needed: `at most ${mostPictures.toLocaleString("en-US")} in one run`,
    });
  }
  const pictures = await openForPictures(opened, { size, input: asked.input });
  const channels = channelCount(pictures.preprocessing);
  const { photographs, vectors } = filesNamed(objectives);
  const file = async (path: string) => ({ path, sha256: await hashFiles([path]) });
  const recipe = recipeOf({
    model: { name: opened.name, path: asked.model, sha256: await hashFiles(await opened.files()) },
    ...{ input: pictures.input, preprocessing: { ...pictures.preprocessing }, size: pictures.size },
    ...{ image: asked.image ?? "fourier", alpha: asked.alpha ?? false },
    ...coloursOf(asked, opened, channels),
    ...{
      transforms: parseTransforms(asked.transforms ?? defaultTransforms).text,
      overrides: asked.overrides ?? defaultOverrides,
    },
    start: asked.start === undefined ? null : await file(asked.start),
    files: await Promise.all([...photographs, ...vectors].map(file)),
    ...{ steps, rate: asked.rate ?? null, threads: asked.threads ?? null },
    ...{
      jobs,
      titles: titlesOf(objectives, labels),
      batch: asked.batch ?? 1,
      tries: asked.tries ?? 1,
      keep,
      every: asked.every ?? null,
    },
  });
  // Refused now rather than later, with everything else that was typed.
  mannerOf(recipe);
  return { recipe, opened, notes: pictures.guessed === undefined ? [] : [pictures.guessed] };
}

function seedsOf({ seed, seeds }: Asked): readonly number[] {
  if (seeds === undefined) return [seed ?? 0];
  if (seed === undefined) return readNumbers(seeds, "--seeds", { least: 0, most: 2 ** 40 });
  throw new NoemaError("OPTION_VALUE", { where: "--seed and --seeds", found: "both are given", needed: "one of them" });
}

/** Colours by name or from a file, with the strengths of waves that were measured along with them. */
function coloursOf(
  { colours }: Asked,
  { sidecar }: OpenModel,
  channels: number,
): Pick<Ingredients, "colours" | "spectrum"> {
  if (colours === undefined) return { colours: sidecar?.sidecar.colours ?? null, spectrum: null };
  if (colours === "imagenet" && channels === 3)
    return { colours: imagenetColours.map((row) => [...row]), spectrum: null };
  // Where nothing hangs together, each channel has an axis of its own.
  const unit = (i: number) => Array.from({ length: channels }, (_, j) => (i === j ? 1 : 0));
  if (colours === "none") return { colours: Array.from({ length: channels }, (_, i) => unit(i)), spectrum: null };
  const file = readColoursFile(colours, channels);
  return { colours: file.colours, spectrum: file.spectrum };
}

/** @throws NoemaError OPTION_VALUE where there would be too many frames */
function checkFrames(every: number | undefined, steps: number): void {
  if (every === undefined || steps / every <= mostPictures) return;
  throw new NoemaError("OPTION_VALUE", {
    where: "--every",
    found: `${every}, which makes ${Math.floor(steps / every)} frames`,
    needed: `at most ${mostPictures}`,
  });
}

export function readSize(text: string): Size {
  const [width, height = width] = text.split("x").map(Number);
  if (width >= 1 && height >= 1 && width <= maxSide && height <= maxSide) return { width, height };
  throw new NoemaError("OPTION_VALUE", {
    where: "--size",
    found: `"${text}"`,
    needed: `each side must be from 1 to ${maxSide} pixels`,
  });
}

function labelsOf({ sidecar }: OpenModel, given: string | undefined): string[] | undefined {
  if (given !== undefined) return readLabels(given);
  const own = sidecar?.sidecar.labels;
  return sidecar === undefined || own === undefined ? undefined : readLabels(resolve(dirname(sidecar.path), own));
}

/** What classes are called: the first word of their label, where it lists several. */
function titlesOf(objectives: readonly string[], labels: readonly string[] | undefined): Record<string, string> {
  const titles = objectives.flatMap((objective) => {
    const index = /^(?:class|logit:.*):(\d+)$/.exec(objective)?.[1];
    const label = index === undefined ? undefined : labels?.[Number(index)]?.split(",")[0].trim();
    return label ? [[objective, label.slice(0, 100)]] : [];
  });
  return Object.fromEntries(titles) as Record<string, string>;
}
