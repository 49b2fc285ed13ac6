/** @file performRun: dreams what a recipe asks for and writes it: one picture, a sheet of several, a folder of them. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import { openForPictures } from "../models/open-for-pictures.js";
import { checkAnimation, encodeAnimation } from "../pictures/animation.js";
import { encodePng, type Pixels } from "../pictures/png.js";
import { checkOutput, writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import { Checkpoint } from "./checkpoint.js";
import { drawDreamSheet } from "./dream-sheet.js";
import { fileNames } from "./file-names.js";
import { mannerOf } from "./manner.js";
import { readMaterials } from "./materials.js";
import type { Run } from "./plan-run.js";
import { type Recipe, recipeOfPicture, withRecipe } from "./recipe.js";
import { type Rendered, render, type View } from "./render.js";

export interface Destination {
  /** A PNG, or a folder. */
  readonly out: string;
  /** An animated WebP, or a folder for one of each picture. */
  readonly frames?: string | undefined;
  /** Seconds between savings of what was done so far. */
  readonly saveEvery: number;
  /** Begins anew, whatever was done before. */
  readonly restart: boolean;
}

export interface Performed {
  /** What was written, in order. */
  readonly written: readonly string[];
  /** The picture, or the sheet; undefined after an interruption. */
  readonly png?: Uint8Array;
}

/**
 * Writes what is finished; after Ctrl-C, what there is so far, and a checkpoint from which the same command goes on. Where
 * pictures diverge, the others are written, and their last good ones.
 *
 * @throws NoemaError DREAM_DIVERGED after everything is written; OUT_FORMAT, OUT_PATH, FRAMES_ONE, FRAMES_TOO_LARGE, and what
 *   render and the files refuse
 */
export async function performRun(
  { recipe, opened, notes }: Run,
  to: Destination,
  terminal: Terminal,
): Promise<Performed> {
  const writer = new Writer(recipe, to);
  const materials = await readMaterials(recipe);
  const manner = mannerOf(recipe);
  for (const note of [...notes, ...materials.notes]) terminal.warn(note);
  const checkpoint = new Checkpoint({ ...writer.place, recipe, every: to.saveEvery });
  announce(checkpoint, to.restart, terminal);
  const { shows, steps, every, keep } = recipe;
  const until = shows?.step ?? steps;
  const progress = terminal.progress(1, "steps");
  let stopped = false;
  try {
    const pictures = render({
      ...manner,
      open: (batch) =>
        openForPictures(opened, { batch, size: recipe.size, input: recipe.input, preprocessing: recipe.preprocessing }),
      ...{ jobs: recipe.jobs, batch: recipe.batch, tries: recipe.tries, steps, until },
      ...{ photographs: materials.photographs, vectors: materials.vectors },
      ...(materials.start && { start: materials.start }),
      keep: to.frames === undefined || every === null ? keep : [...keep, ...multiples(every, until)],
      signal: terminal.signal,
      onStep: ({ taken, total, objective, value }) =>
        progress.update(taken, `${objective} ${value.toPrecision(4)}`, total),
      store: checkpoint,
    });
    for await (const picture of pictures) {
      stopped ||= !picture.finished;
      await writer.add(picture);
    }
  } finally {
    progress.stop();
  }
  stopped ||= terminal.signal.aborted && !writer.complete;
  const performed = await writer.close();
  for (const line of writer.told()) terminal.print(line);
  if (stopped) terminal.warn(writer.soFar());
  else checkpoint.remove();
  writer.throwFailures();
  return stopped ? { written: performed.written } : performed;
}

const multiples = (every: number, until: number) =>
  Array.from({ length: Math.floor(until / every) + 1 }, (_, i) => i * every);

function announce(checkpoint: Checkpoint, restart: boolean, terminal: Terminal): void {
  if (restart) checkpoint.removeAll();
  else if (checkpoint.exists) terminal.warn("Going on where it was interrupted; --restart would begin anew.");
  const [other] = checkpoint.others();
  if (other === undefined) return;
  terminal.warn(
    `An interrupted run of other options would have written the same (${other.jobs?.[0]?.objective}, ${other.steps} steps): its own command goes on with it, --restart forgets it.`,
  );
}

/** More files than these are not listed. */
const mostTold = 40;

/** Knows what is written where. */
class Writer {
  readonly #recipe: Recipe;
  readonly #to: Destination;
  readonly #isFolder: boolean;
  readonly #single: boolean;
  readonly #names: readonly string[];
  readonly #came: (readonly View[] | undefined)[];
  readonly #failures: NoemaError[] = [];
  readonly #written: string[] = [];
  #finished = 0;
  #lastStep = 0;
  #png: Uint8Array | undefined;

  constructor(recipe: Recipe, to: Destination) {
    this.#recipe = recipe;
    this.#to = to;
    this.#isFolder = isFolder(to.out);
    this.#single = recipe.shows !== null || (recipe.jobs.length === 1 && recipe.keep.length === 0);
    this.#names = fileNames(recipe.jobs, recipe.titles);
    this.#came = recipe.jobs.map(() => undefined);
    if (!this.#isFolder) checkOutput(to.out, ".png");
    else checkOutput(join(to.out, "sheet.png"), ".png");
    this.#checkFrames();
  }

  /** Where the checkpoint belongs. */
  get place(): { folder: string; name: string } {
    const { out } = this.#to;
    return this.#isFolder
      ? { folder: resolve(out), name: "run" }
      : { folder: dirname(resolve(out)), name: basename(out) };
  }

  get complete(): boolean {
    return this.#finished >= (this.#recipe.shows === null ? this.#recipe.jobs.length : 1);
  }

  async add(picture: Rendered): Promise<void> {
    const { shows } = this.#recipe;
    // The company of a single picture was dreamt only because it belongs to its batch.
    if (shows !== null && picture.job !== shows.place) return;
    if (picture.finished) this.#finished++;
    if (picture.failure !== undefined) this.#failures.push(picture.failure);
    const last = picture.views.at(-1);
    if (last === undefined) return;
    this.#lastStep = last.step;
    await this.#writeFrames(picture);
    const wanted = new Set([...this.#recipe.keep, last.step]);
    const views = picture.views.filter(({ step }) => wanted.has(step));
    if (!this.#single) this.#came[picture.job] = views;
    if (!this.#single && !this.#isFolder) return;
    for (const view of views) {
      const path = this.#isFolder
        ? join(this.#to.out, `${this.#names[picture.job]}${view === last ? "" : `-step-${view.step}`}.png`)
        : this.#to.out;
      await this.#write(path, view.pixels, recipeOfPicture(this.#recipe, picture, view.step));
    }
  }

  async close(): Promise<Performed> {
    if (this.#came.some((views) => views !== undefined)) {
      const path = this.#isFolder ? join(this.#to.out, "sheet.png") : this.#to.out;
      await this.#write(path, await drawDreamSheet(this.#recipe, this.#came), this.#recipe);
    }
    return { written: this.#written, ...(this.#png && { png: this.#png }) };
  }

  /** The files that were written, or where they are very many, their folder. */
  told(): readonly string[] {
    if (this.#written.length <= mostTold) return this.#written;
    return [`${this.#written.length} files in ${this.#to.out}`, ...this.#written.slice(-1)];
  }

  /** Said after an interruption. */
  soFar(): string {
    const { steps, jobs, shows } = this.#recipe;
    if (this.#written.length === 0) return "Stopped before the first step: nothing was written.";
    const done = this.#single
      ? `${this.#lastStep} of ${shows?.step ?? steps} steps; ${this.#to.out} holds the picture so far`
      : `${this.#finished} of ${jobs.length} pictures; ${this.#to.out} holds what there is so far`;
    return `Stopped after ${done}. The same command goes on from there.`;
  }

  throwFailures(): void {
    if (this.#failures.length === 0) return;
    const [first, ...others] = this.#failures;
    if (others.length === 0) throw first;
    throw new NoemaError(first.code, {
      ...first.parts,
      found: `${first.parts.found} (and ${others.length} more pictures)`,
    });
  }

  async #write(path: string, pixels: Pixels, recipe: Recipe): Promise<void> {
    this.#png = withRecipe(await encodePng(pixels), recipe);
    await writeBeside(path, this.#png);
    this.#written.push(path);
  }

  async #writeFrames({ job, views }: Rendered): Promise<void> {
    const { frames } = this.#to;
    if (frames === undefined) return;
    const path = isFolder(frames) ? join(frames, `${this.#names[job]}.webp`) : frames;
    await writeBeside(path, await encodeAnimation(views.map(({ pixels }) => pixels)));
    this.#written.push(path);
  }

  #checkFrames(): void {
    const { frames } = this.#to;
    const { every, steps, size, jobs } = this.#recipe;
    if (frames === undefined || every === null) return;
    checkAnimation(Math.floor(steps / every) + 2, { ...size, channels: 4 });
    const isOne = !isFolder(frames);
    checkOutput(isOne ? frames : join(frames, "frames.webp"), ".webp");
    if (!isOne || jobs.length === 1) return;
    throw new NoemaError("FRAMES_ONE", {
      where: `--frames "${frames}"`,
      found: `there are ${jobs.length} pictures`,
      needed: "one file holds the frames of one",
      remedy: "Name a folder: each picture then gets its own.",
    });
  }
}

/** A folder that is there, or a name that is no file's. */
function isFolder(path: string): boolean {
  if (existsSync(path)) return statSync(path).isDirectory();
  return /[\\/]$/.test(path) || extname(path) === "";
}
