/** @file The contact sheet of a run: objectives by seeds by steps, with what they have in common said once. */
import sharp from "sharp";
import type { Pixels } from "../pictures/png.js";
import { drawSheet, type SheetRow, type SheetSection } from "../pictures/sheet.js";
import type { Recipe } from "./recipe.js";
import type { View } from "./render.js";

/** Pictures smaller than this are enlarged by whole factors, to be seen. */
const smallestPx = 96;
/** More than so many pixels of pictures make the sheet too large for the programs that show it: they are made smaller. */
const mostPixels = 24e6;
/** Pictures beside each other; tables of more columns or of more rows for each column are put as a run of pictures. */
const mostColumns = 16;
const tallest = 3;

/** What a job came to, by its place in the recipe; undefined where there is no picture of it. */
export type Came = readonly (readonly View[] | undefined)[];

export async function drawDreamSheet(recipe: Recipe, came: Came): Promise<Pixels> {
  const { jobs, model, steps } = recipe;
  const seeds = [...new Set(jobs.map(({ seed }) => seed))];
  const shrink = await shrinker(came);
  const parts = groups(recipe, came);
  const sections: SheetSection[] = [];
  const { width, height } = recipe.size;
  // Sections are as wide as the longest of them, up to what fits on a page.
  const longest = Math.min(8, Math.max(...parts.map((part) => part.recipe.jobs.length)));
  const across = Math.max(columnsFor(jobs.length, width / height), parts.length === 1 ? 0 : longest);
  for (const part of parts) {
    const { section, kind, about } = await sectionOf(part, { shrink, across });
    sections.push(parts.length === 1 ? section : { heading: about, note: kind, ...section });
  }
  const objectives = [...new Set(jobs.map(({ objective }) => objective))];
  const { common } = commonParts(objectives);
  const [kind, about] = parts.length === 1 ? said(common) : ["", ""];
  const details = [
    ...(kind === "" || about === "" ? [] : [kind]),
    ...(about === "" && kind === "" ? [] : [model.name]),
    `${steps} steps`,
    ...(seeds.length === 1 ? [`seed ${seeds[0]}`] : []),
    ...(recipe.tries > 1 ? [`the best of ${recipe.tries} tries each`] : []),
  ];
  const unit = /^…:(\d+)$/.exec(about)?.[1];
  const title =
    unit !== undefined
      ? `${kind} ${unit}, layer by layer`
      : about || (kind === "" ? `What ${model.name} responds to` : `${kind} of ${model.name}`);
  return drawSheet(sections, { title: recipe.titles[common] ?? title, subtitle: details.join("  ·  ") });
}

interface Part {
  readonly recipe: Recipe;
  readonly came: Came;
}

/** More sections than these are a list, and no longer make a sheet easier to read. */
const mostSections = 24;

/** The units of one layer together, where there are several layers and several units of them. */
function groups(recipe: Recipe, came: Came): Part[] {
  const places = new Map<string, number[]>();
  recipe.jobs.forEach(({ objective }, job) => {
    const kind = objective.replace(/:\d+$/, "");
    places.set(kind, [...(places.get(kind) ?? []), job]);
  });
  const objectives = new Set(recipe.jobs.map(({ objective }) => objective)).size;
  if (places.size === 1 || places.size === objectives || places.size > mostSections) return [{ recipe, came }];
  return [...places.values()].map((own) => ({
    recipe: { ...recipe, jobs: own.map((job) => recipe.jobs[job]) },
    came: own.map((job) => came[job]),
  }));
}

async function sectionOf({ recipe, came }: Part, shared: Pick<Table, "shrink" | "across">) {
  const objectives = [...new Set(recipe.jobs.map(({ objective }) => objective))];
  const seeds = [...new Set(recipe.jobs.map(({ seed }) => seed))];
  const { common, labels } = commonParts(objectives);
  const names = objectives.map((objective, i) => [objective, nameFor(recipe.titles[objective], labels[i])] as const);
  const table = { recipe, came, objectives, seeds, nameOf: new Map(names), ...shared };
  const columns = [...new Set(came.flatMap((views) => views?.map(({ step }) => step) ?? []))].sort((a, b) => a - b);
  const [kind, about] = said(common);
  return { kind, about, section: columns.length > 1 ? await bySteps(table, columns) : await byChance(table) };
}

interface Table {
  readonly recipe: Recipe;
  readonly came: Came;
  readonly objectives: readonly string[];
  readonly seeds: readonly number[];
  readonly nameOf: ReadonlyMap<string, Name>;
  readonly shrink: (picture: Pixels) => Promise<Pixels>;
  /** How many pictures stand beside each other where they are no table. */
  readonly across: number;
}

interface Name {
  readonly label: string;
  readonly note?: string;
}

/** A row per picture, a column per step. */
async function bySteps(
  { recipe, came, seeds, nameOf, objectives, shrink }: Table,
  columns: readonly number[],
): Promise<SheetSection> {
  const rows = await Promise.all(
    recipe.jobs.map(async ({ objective, seed }, job): Promise<SheetRow> => {
      const { label, note } = nameOf.get(objective)!;
      const words = [...(objectives.length > 1 ? [label, note] : []), ...(seeds.length > 1 ? [`seed ${seed}`] : [])];
      const [first, ...others] = words.filter((word) => word !== undefined);
      const entries = columns.map(async (step) => {
        const view = came[job]?.find((one) => one.step === step);
        return view && { picture: await shrink(view.pixels) };
      });
      return {
        ...(first !== undefined && { label: first }),
        ...(others.length > 0 && { note: others.join(", ") }),
        entries: await Promise.all(entries),
      };
    }),
  );
  return { columns: columns.map((step) => (step === 1 ? "1 step" : `${step} steps`)), rows };
}

/** A table of objectives by seeds, or where that is too long, one picture after the other. */
async function byChance({ recipe, came, objectives, seeds, nameOf, shrink, across }: Table): Promise<SheetSection> {
  const pictures = await Promise.all(
    came.map(async (views) => (views?.length ? { picture: await shrink(views.at(-1)!.pixels) } : undefined)),
  );
  const seedNames = seeds.map((seed) => `seed ${seed}`);
  const at = (objective: number, seed: number) => pictures[objective * seeds.length + seed];
  const isTable = objectives.length > 1 && seeds.length > 1;
  const wide = objectives.length >= seeds.length;
  const [beside, down] = wide ? [objectives.length, seeds.length] : [seeds.length, objectives.length];
  if (isTable && beside <= mostColumns && wide) {
    return {
      columns: objectives.map((objective) => nameOf.get(objective)!.label),
      rows: seeds.map((_, s) => ({ label: seedNames[s], entries: objectives.map((_, o) => at(o, s)) })),
    };
  }
  if (isTable && beside <= mostColumns && down <= tallest * beside) {
    return {
      columns: seedNames,
      rows: objectives.map((objective, o) => ({ ...nameOf.get(objective)!, entries: seeds.map((_, s) => at(o, s)) })),
    };
  }
  const entries = recipe.jobs.map(({ objective, seed }, job) => {
    const { label, note } = nameOf.get(objective)!;
    const own = [...(objectives.length > 1 ? [label, note] : []), ...(seeds.length > 1 ? [`seed ${seed}`] : [])];
    const [title, ...notes] = own.filter((word) => word !== undefined);
    const picture = pictures[job];
    return picture && { ...picture, title: title ?? "", note: notes.join(", ") };
  });
  return {
    rows: Array.from({ length: Math.ceil(entries.length / across) }, (_, i) => ({
      entries: entries.slice(i * across, (i + 1) * across),
    })),
  };
}

/** Few pictures stand in a row; of more, so many that the sheet is about four wide by three high, its last row about full. */
function columnsFor(count: number, shape: number): number {
  if (count <= 4) return count;
  const ideal = Math.sqrt((count * (4 / 3)) / shape);
  const rows = Math.max(1, Math.round(count / Math.max(1, ideal)));
  return Math.ceil(count / rows);
}

/** What texts begin and end with, up to a colon or space, and what is between. */
export function commonParts(texts: readonly string[]): { common: string; labels: string[] } {
  if (texts.length === 1) return { common: texts[0], labels: [texts[0]] };
  const shortest = Math.min(...texts.map(({ length }) => length));
  const same = (at: number) => texts.every((one) => one.at(at) === texts[0].at(at));
  let head = 0;
  while (head < shortest && same(head)) head++;
  let tail = 0;
  while (tail < shortest - head && same(-1 - tail)) tail++;
  while (head > 0 && !/[:\s(,]/.test(texts[0][head - 1])) head--;
  while (tail > 0 && !/[:\s),]/.test(texts[0].at(-tail)!)) tail--;
  const labels = texts.map((one) => one.slice(head, one.length - tail));
  const [before, after] = [texts[0].slice(0, head), texts[0].slice(texts[0].length - tail)];
  // Where the end says nothing, neither need the colon before the place that differs be said.
  return { common: after === "" ? before.replace(/:$/, "") : `${before}…${after}`, labels };
}

function nameFor(title: string | undefined, label: string): Name {
  return title === undefined ? { label } : { label: title, note: label };
}

/** The word of an objective, and what it is about: channel:LAYER. Where it is made of several, it stays as it is. */
function said(objective: string): [kind: string, about: string] {
  const [, kind, about = ""] = /^([a-z][a-z\d-]*)(?::(\S+))?$/.exec(objective) ?? [];
  return kind === undefined ? ["", objective] : [kind, about];
}

/** All by the same factor: so small that the sheet can be shown, or so large that they can be seen. */
async function shrinker(came: Came): Promise<(picture: Pixels) => Promise<Pixels>> {
  const all = came.flatMap((views) => views ?? []).map(({ pixels }) => pixels);
  const sizes = all.map(({ width, height }) => width * height).reduce((a, b) => a + b, 0);
  const side = Math.max(1, ...all.map(({ width, height }) => Math.max(width, height)));
  const larger = Math.floor(smallestPx / side);
  if (larger >= 2 && sizes * larger ** 2 <= mostPixels) return async (picture) => enlarged(picture, larger);
  if (sizes <= mostPixels) return async (picture) => picture;
  const factor = Math.sqrt(mostPixels / sizes);
  return async ({ width, height, channels, data }) => {
    const size = { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
    const raw = sharp(data, { raw: { width, height, channels } })
      .resize({ ...size, fit: "fill" })
      .raw();
    // sharp gives grey pictures back in colour unless told otherwise.
    const kept = channels < 3 ? raw.toColourspace("b-w") : raw;
    return { ...size, channels, data: await kept.toBuffer() };
  };
}

function enlarged({ width, height, channels, data }: Pixels, by: number): Pixels {
  const out = new Uint8Array(data.length * by * by);
  for (let y = 0; y < height * by; y++) {
    for (let x = 0; x < width * by; x++) {
      const from = (Math.floor(y / by) * width + Math.floor(x / by)) * channels;
      out.set(data.subarray(from, from + channels), (y * width * by + x) * channels);
    }
  }
  return { width: width * by, height: height * by, channels, data: out };
}
