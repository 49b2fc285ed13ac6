/** @file tour: every channel of a layer drawn, beside the photographs that excite it, on one page; goes on when it is cut off. */
import { dirname, resolve } from "node:path";
import { NoemaError } from "@noema/engine";
import { channel, LayerResponses } from "@noema/lenses";
import { planBatches } from "../dreams/job.js";
import { mannerOf } from "../dreams/manner.js";
import { readNumbers } from "../dreams/number-lists.js";
import { type Asked, planRun, readSize } from "../dreams/plan-run.js";
import { mostPictures, type Recipe, recipeOfPicture } from "../dreams/recipe.js";
import { type Outcome, type Rendered, type RenderStore, render } from "../dreams/render.js";
import { readLabels } from "../models/labels.js";
import { openForPictures, type PictureModel, type Size } from "../models/open-for-pictures.js";
import { type OpenModel, openModel } from "../models/open-model.js";
import type { Pixels } from "../pictures/png.js";
import { writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import { folderOfLayer } from "../terminal/plain-name.js";
import { drawPage } from "./page.js";
import { pageOf } from "./page-of.js";
import { thumbnails } from "./thumbnails.js";
import { ofChannels, type Pooling, type TopPictures, topPictures } from "./top-pictures.js";
import { type FinishedDream, TourFolder } from "./tour-folder.js";

/** As typed: how dreams are drawn is as in `noema dream`. */
export interface TourOptions
  extends Omit<Asked, "objective" | "seeds" | "tries" | "start" | "snapshots" | "every" | "alpha"> {
  readonly layer: string;
  /** A folder of photographs. */
  readonly images?: string | undefined;
  /** How many of them stand beside each dream. */
  readonly top?: number | undefined;
  readonly over?: Pooling | undefined;
  /** Also what excites the channels least. */
  readonly both?: boolean | undefined;
  /** Numbers and ranges; default: all. */
  readonly channels?: string | undefined;
  /** The folder to write. */
  readonly out?: string | undefined;
}

/** Steps after which one can tell what a channel is about: from 96 on, further ones change details (docs/tour.md). */
export const tourSteps = 128;

/** The side of a dream in pixels, where the network takes any size. */
export const tourSide = 128;

export const tourTop = 9;

/** The page is written anew this often while dreams come in, unless writing it takes more than a share of the time. */
const pageEveryMs = 15_000;
const pageShare = 0.1;

/**
 * @throws NoemaError what models, layers, folders and options are refused for; TOUR_CHANNELS
 */
export async function tour(options: TourOptions, terminal: Terminal): Promise<void> {
  const opened = await openModel(options.model, { sidecar: options.sidecar });
  const scene = await openScene(opened, options);
  try {
    await new Tour(options, opened, scene, terminal).run();
  } finally {
    await scene.meter.dispose();
  }
}

/** The layer at the size of the dreams. */
interface Scene {
  readonly meter: LayerResponses;
  readonly pictures: PictureModel;
}

/** Small pictures where the layer takes them: they are drawn sooner, and a channel is recognised as well. */
async function openScene(opened: OpenModel, options: TourOptions): Promise<Scene> {
  if (options.size !== undefined) return sceneAt(opened, options, readSize(options.size));
  const own = await openForPictures(opened, { input: options.input });
  const largest = Math.max(own.size.width, own.size.height);
  if (largest <= tourSide) return sceneAt(opened, options, own.size);
  const scale = tourSide / largest;
  const small = {
    width: Math.max(1, Math.round(own.size.width * scale)),
    height: Math.max(1, Math.round(own.size.height * scale)),
  };
  try {
    return await sceneAt(opened, options, small);
  } catch (error) {
    if (!(error instanceof NoemaError)) throw error;
    return await sceneAt(opened, options, own.size);
  }
}

async function sceneAt(opened: OpenModel, options: TourOptions, size: Size): Promise<Scene> {
  const pictures = await openForPictures(opened, { size, input: options.input });
  const { model, input, preprocessing } = pictures;
  const compile = options.threads === undefined ? {} : { threads: options.threads };
  const { layer, over = "max" } = options;
  return { meter: await LayerResponses.open({ model, input, preprocessing, layer, over, compile }), pictures };
}

/** A dream that is wanted. */
interface Wanted {
  readonly channel: number;
  readonly side: number;
}

class Tour {
  readonly #options: TourOptions;
  readonly #opened: OpenModel;
  readonly #scene: Scene;
  readonly #terminal: Terminal;
  readonly #folder: TourFolder;
  readonly #channels: readonly number[];
  readonly #wanted: readonly Wanted[];
  /** By place in what is wanted. */
  readonly #dreams = new Map<number, FinishedDream>();
  #recipe!: Recipe;
  #photographs: { readonly found: TopPictures; readonly thumbnails: readonly (Uint8Array | null)[] } | undefined;
  #pageMs = Number.NEGATIVE_INFINITY;
  #pageTookMs = 0;

  constructor(options: TourOptions, opened: OpenModel, scene: Scene, terminal: Terminal) {
    const count = scene.meter.form.channels;
    this.#options = options;
    this.#opened = opened;
    this.#scene = scene;
    this.#terminal = terminal;
    this.#folder = new TourFolder(options.out ?? folderOfLayer("tours", options), count);
    this.#channels = channelsOf(options, count);
    const sides = options.both ? [0, 1] : [0];
    this.#wanted = sides.flatMap((side) => this.#channels.map((one) => ({ channel: one, side })));
  }

  async run(): Promise<void> {
    const { layer } = this.#options;
    const { recipe, notes } = await this.#plan();
    this.#recipe = recipe;
    this.#folder.check(recipe, layer);
    for (const note of notes) this.#terminal.warn(note);
    const photographs = await this.#lookAtPhotographs();
    if (this.#options.images !== undefined && photographs === undefined) {
      return this.#terminal.warn("Stopped among the photographs. The same command goes on from here.");
    }
    this.#photographs = photographs;
    await this.#folder.claim(recipe, layer);
    await this.#takeFinished();
    if (this.#dreams.size > 0 && this.#dreams.size < this.#wanted.length) {
      this.#terminal.warn(`Going on: ${this.#dreams.size} of ${this.#wanted.length} dreams are there.`);
    }
    await this.#writePage();
    await this.#draw();
    await this.#writePage();
    this.#terminal.print(this.#folder.page);
    const missing = this.#wanted.length - this.#dreams.size;
    if (this.#terminal.signal.aborted && missing > 0) {
      this.#terminal.warn(
        `Stopped: ${this.#dreams.size} of ${this.#wanted.length} dreams are drawn. The same command goes on from here.`,
      );
    }
  }

  /** The recipe of all dreams, as `noema dream` would plan it. */
  async #plan() {
    const { layer, images: _, top: __, over: ___, both: ____, channels: _____, out: ______, ...asked } = this.#options;
    const { width, height } = this.#scene.pictures.size;
    const [first] = this.#channels;
    const list = this.#channels.length === 1 ? `${first}` : `{${this.#channels.join(",")}}`;
    const text = channel({ layer, unit: 0 }).text.replace(/0$/, list);
    const objective = this.#options.both ? `{${text},-${text}}` : text;
    const size = `${width}x${height}`;
    return planRun({ ...asked, objective, size, steps: asked.steps ?? tourSteps });
  }

  async #lookAtPhotographs() {
    const { images, layer, input, threads, over = "max", top = tourTop, both = false } = this.#options;
    if (images === undefined) return undefined;
    const [out, terminal] = [this.#folder.path, this.#terminal];
    const found = await topPictures({
      ...{ opened: this.#opened, modelHash: this.#recipe.model.sha256, input, threads, layer },
      ...{ folder: images, over, top, both, out, terminal },
    });
    if (found === undefined) return undefined;
    if (found.skipped.length > 0) {
      const [{ reason }] = found.skipped;
      const more = found.skipped.length > 1 ? "; the others stand at the end of the page" : "";
      terminal.warn(`${found.skipped.length} photographs were left out. The first: ${reason}${more}`);
    }
    const channels = this.#scene.meter.size.channels as 1 | 3;
    const shown = ofChannels(found, this.#channels);
    const made = await thumbnails(shown, { folder: images, out, channels, terminal });
    return made && { found: shown, thumbnails: made };
  }

  async #takeFinished(): Promise<void> {
    for (const batch of this.#batches()) {
      for (const [i, place] of batch.places.entries()) {
        const recipe = this.#recipeOf(batch.jobs, i);
        const { channel, side } = this.#wanted[place];
        const found = await this.#folder.finished(channel, side, recipe);
        if (found !== undefined) this.#dreams.set(place, found);
      }
    }
  }

  /** As `render` puts them together. */
  #batches() {
    const { jobs, batch } = this.#recipe;
    return planBatches(jobs, batch).map((places) => ({ places, jobs: places.map((place) => jobs[place]) }));
  }

  #recipeOf(batch: Outcome["batch"], place: number, step = this.#recipe.steps): Recipe {
    return recipeOfPicture(this.#recipe, { batch, place } as Outcome, step);
  }

  async #draw(): Promise<void> {
    const { recipe, terminal } = { recipe: this.#recipe, terminal: this.#terminal };
    if (this.#dreams.size === this.#wanted.length) return;
    const { signal } = terminal;
    const { steps, batch, jobs, size, input, preprocessing } = recipe;
    const progress = terminal.progress(1, "steps");
    try {
      const pictures = render({
        ...mannerOf(recipe),
        open: (count) => openForPictures(this.#opened, { batch: count, size, input, preprocessing }),
        ...{ jobs, batch, steps, signal, store: this.#store() },
        onStep: ({ taken, total, objective }) =>
          progress.update(taken, `channel ${objective.slice(objective.lastIndexOf(":") + 1)}`, total),
      });
      for await (const picture of pictures) {
        if (!picture.finished || this.#dreams.has(picture.job)) continue;
        await this.#keep(picture);
        await this.#writePageSometimes();
      }
    } finally {
      progress.stop();
    }
  }

  /** What was finished before is not drawn again. Less than a batch is ever lost: nothing is kept on the way. */
  #store(): RenderStore {
    const batches = this.#batches();
    return {
      outcomes: (id) => {
        const batch = batches[Number(id)];
        if (batch === undefined || !batch.places.every((place) => this.#dreams.has(place))) return undefined;
        return batch.jobs.map((_, place) => ({ batch: batch.jobs, place, views: [], objective: Number.NaN }));
      },
      unfinished: () => undefined,
      finish: async () => {},
      advance: async () => {},
      flush: async () => {},
    };
  }

  async #keep(picture: Rendered): Promise<void> {
    const wanted = this.#wanted[picture.job];
    const view = picture.views.at(-1);
    const failure = picture.failure?.message ?? null;
    if (view === undefined) {
      this.#dreams.set(picture.job, { value: null, failure, webp: null });
      return;
    }
    const facts = { value: await this.#measure(view.pixels, wanted), failure };
    const recipe = this.#recipeOf(picture.batch, picture.place, view.step);
    const { pixels } = view;
    this.#dreams.set(picture.job, await this.#folder.write(wanted.channel, wanted.side, { pixels, recipe, facts }));
  }

  /** What the channel answers to a picture as it is stored. */
  async #measure(pixels: Pixels, { channel: unit, side }: Wanted): Promise<number | null> {
    const { meter } = this.#scene;
    // Of a transparent picture nobody knows what stands behind it.
    if (pixels.channels % 2 === 0) return null;
    const planes = planesOf(pixels, meter.size.channels);
    const { highest, lowest } = await meter.at(planes);
    const value = side === 0 ? highest.values[unit] : -lowest.values[unit];
    return Number.isFinite(value) ? value : null;
  }

  async #writePageSometimes(): Promise<void> {
    const now = performance.now();
    if (now - this.#pageMs < Math.max(pageEveryMs, this.#pageTookMs / pageShare)) return;
    await this.#writePage();
  }

  async #writePage(): Promise<void> {
    const startMs = performance.now();
    const html = drawPage(
      pageOf({
        ...{ options: this.#options, recipe: this.#recipe, folder: this.#folder },
        ...{ of: this.#scene.meter.form.channels, channels: this.#channels, titles: this.#titles() },
        dream: (one, side) => this.#dreams.get(side * this.#channels.length + this.#channels.indexOf(one)),
        photographs: this.#photographs,
      }),
    );
    await writeBeside(this.#folder.page, Buffer.from(html));
    this.#pageMs = performance.now();
    this.#pageTookMs = this.#pageMs - startMs;
  }

  /** Names of the units, of a layer that has one for each class. */
  #titles(): readonly string[] | undefined {
    const { positions, channels } = this.#scene.meter.form;
    const { sidecar } = this.#opened;
    const own = sidecar?.sidecar.labels;
    const path = this.#options.labels ?? (own === undefined ? undefined : resolve(dirname(sidecar!.path), own));
    if (path === undefined || positions.some((length) => length > 1)) return undefined;
    const labels = readLabels(path);
    return labels.length === channels ? labels : undefined;
  }
}

/** @throws NoemaError OPTION_VALUE, TOUR_CHANNELS */
function channelsOf({ channels, layer, both = false }: TourOptions, count: number): number[] {
  const list =
    channels === undefined
      ? Array.from({ length: Math.min(count, mostPictures + 1) }, (_, i) => i)
      : readNumbers(channels, "--channels", { least: 0, most: count - 1 }).sort((a, b) => a - b);
  const most = mostPictures / (both ? 2 : 1);
  if (list.length <= most) return list;
  throw new NoemaError("TOUR_CHANNELS", {
    where: `layer "${layer}"`,
    found: `it has ${count} channels`,
    needed: `a tour takes at most ${most}`,
    remedy: "Name some of them with --channels, as in 0..999.",
  });
}

/** Pixels as a network is shown them: 1×C×H×W, 0 … 1. The inverse of `pixelsOf`. */
function planesOf({ width, height, channels: depth, data }: Pixels, channels: number): Float32Array {
  const columns = channels / depth;
  const across = width / columns;
  const planes = new Float32Array(channels * across * height);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / depth) % width;
    const y = Math.floor(i / depth / width);
    const plane = Math.floor(x / across) * depth + (i % depth);
    planes[(plane * height + y) * across + (x % across)] = data[i] / 255;
  }
  return planes;
}
