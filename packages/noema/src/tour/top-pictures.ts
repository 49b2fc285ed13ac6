/** @file topPictures: what each channel of a layer responds to in a folder of photographs; kept, so that it is done once. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { setImmediate } from "node:timers/promises";
import { deserialize, serialize } from "node:v8";
import { NoemaError } from "@noema/engine";
import { type ChannelSummary, ChannelSurvey, LayerResponses, receptiveField, type SurveyState } from "@noema/lenses";
import { openForPictures } from "../models/open-for-pictures.js";
import type { OpenModel } from "../models/open-model.js";
import { listPictures } from "../pictures/list-pictures.js";
import { readPicture } from "../pictures/read-picture.js";
import { writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import type { Geometry } from "./crop.js";
import { labelOf } from "./label-of.js";

/** Which number a channel is judged by: that of the position where it is strongest, or the mean over all. */
export const poolings = ["max", "mean"] as const;
export type Pooling = (typeof poolings)[number];

export interface TopPicturesOptions {
  readonly opened: OpenModel;
  /** SHA-256 of the model. */
  readonly modelHash: string;
  readonly input: string | undefined;
  readonly threads: number | undefined;
  readonly layer: string;
  readonly folder: string;
  readonly over: Pooling;
  /** How many pictures are kept for each channel. */
  readonly top: number;
  /** Also those to which it responds most weakly. */
  readonly both: boolean;
  /** The folder of the tour, where what was found is kept. */
  readonly out: string;
  readonly terminal: Terminal;
}

/** A photograph that is among the strongest of some channel. */
export interface Photograph {
  /** Its path within the folder, with slashes. */
  readonly name: string;
  readonly label: string | null;
  /** Tells its bytes from others', as far as size and time of change do. */
  readonly id: string;
}

/** What could not be shown to the network. */
interface Skipped {
  readonly name: string;
  readonly reason: string;
}

export interface TopPictures {
  /** Of everything that it was made from. */
  readonly key: string;
  readonly photographs: readonly Photograph[];
  /** How many were looked at. */
  readonly count: number;
  readonly skipped: readonly Skipped[];
  /** Null where the layer has no rows and columns, or means are taken. */
  readonly geometry: Geometry | null;
  /** Of the photographs as the network is shown them. */
  readonly size: { readonly width: number; readonly height: number };
  /** By channel. Pictures are places in `photographs`. */
  readonly highest: readonly ChannelSummary[];
  /** The same of the negated channels. */
  readonly lowest: readonly ChannelSummary[] | null;
}

/** Photographs that the network is shown at once: more are no faster on two cores, and memory grows. */
const batchSize = 8;

/** What was found so far is saved this often. */
const saveEveryMs = 30_000;

/** Of what is kept; another form is found anew. */
const form = 1;

interface Listed {
  readonly path: string;
  readonly name: string;
  readonly id: string;
}

/** A survey on its way. */
interface Unfinished {
  readonly key: string;
  readonly next: number;
  readonly skipped: readonly Skipped[];
  readonly highest: SurveyState;
  readonly lowest: SurveyState | null;
}

/**
 * Shows the network all photographs of a folder, or takes what was found before. Undefined after Ctrl-C: the same goes on
 * later.
 *
 * @throws NoemaError FOLDER_UNREADABLE, FOLDER_NO_PICTURES, PICTURES_UNREADABLE, INPUT_NOT_PICTURE, those of LayerResponses
 */
export async function topPictures(options: TopPicturesOptions): Promise<TopPictures | undefined> {
  const listed = await list(options.folder, options.out);
  const responses = await open(options);
  try {
    const key = keyOf(options, responses, listed);
    return kept(join(options.out, "photographs.json"), key) ?? (await survey(options, responses, listed, key));
  } finally {
    await responses.dispose();
  }
}

/** The tour's own pictures, where it is written among the photographs, are none of them. */
async function list(folder: string, out: string): Promise<Listed[]> {
  const own = resolve(out) + sep;
  const paths = (await listPictures(folder)).filter((path) => !resolve(path).startsWith(own));
  return paths.map((path) => {
    const name = relative(folder, path).split(sep).join("/");
    const found = statSync(path, { throwIfNoEntry: false });
    return { path, name, id: hashOf([name, found?.size, found?.mtimeMs]).slice(0, 16) };
  });
}

interface Responding {
  readonly layer: LayerResponses;
  readonly geometry: Geometry | null;
  /** How the network wants its pictures. */
  readonly preprocessing: unknown;
  dispose(): Promise<void>;
}

async function open(options: TopPicturesOptions): Promise<Responding> {
  try {
    return await openWith(options, batchSize);
  } catch (error) {
    // Some networks take one picture and no more.
    if (!(error instanceof NoemaError)) throw error;
    return await openWith(options, 1);
  }
}

async function openWith(options: TopPicturesOptions, batch: number): Promise<Responding> {
  const { opened, layer: name, over, threads } = options;
  const { model, input, preprocessing } = await openForPictures(opened, { batch, input: options.input });
  const compile = threads === undefined ? {} : { threads };
  const layer = await LayerResponses.open({ model, input, preprocessing, layer: name, over, compile });
  const { height, width, channels } = layer.size;
  if (channels !== 1 && channels !== 3) {
    await layer.dispose();
    throw new NoemaError("INPUT_NOT_PICTURE", {
      where: "--images",
      found: `the network takes pictures of ${channels} channels`,
      needed: "photographs have one or three",
    });
  }
  const { positions } = layer.form;
  const field = receptiveField(model.value(name), model.input(input), preprocessing.layout);
  const geometry = positions.length === 2 ? { width, height, rows: positions[0], columns: positions[1], field } : null;
  return { layer, geometry, preprocessing, dispose: () => layer.dispose() };
}

function keyOf(options: TopPicturesOptions, { layer, preprocessing }: Responding, listed: readonly Listed[]): string {
  const { modelHash, over, top, both, input, threads } = options;
  const own = {
    form,
    modelHash,
    layer: options.layer,
    over,
    top,
    both,
    input: input ?? null,
    threads: threads ?? null,
  };
  return hashOf([own, preprocessing, layer.size, listed.map(({ id }) => id)]);
}

const hashOf = (of: unknown) => createHash("sha256").update(JSON.stringify(of)).digest("hex");

/** What was found before, unless it was of something else or is damaged. */
function kept(path: string, key: string): TopPictures | undefined {
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as TopPictures;
    return found.key === key ? found : undefined;
  } catch {
    return undefined;
  }
}

function unfinished(path: string, key: string): Unfinished | undefined {
  try {
    const found = deserialize(readFileSync(path)) as Unfinished;
    return found.key === key ? found : undefined;
  } catch {
    return undefined;
  }
}

async function survey(
  options: TopPicturesOptions,
  { layer, geometry }: Responding,
  listed: readonly Listed[],
  key: string,
): Promise<TopPictures | undefined> {
  const { out, top, both, terminal } = options;
  const part = join(out, "photographs.part");
  const before = existsSync(part) ? unfinished(part, key) : undefined;
  const { channels } = layer.form;
  const resumed = (state: SurveyState | null | undefined) => ({ channels, top, ...(state && { state }) });
  const highest = new ChannelSurvey(resumed(before?.highest));
  const lowest = both ? new ChannelSurvey(resumed(before?.lowest)) : null;
  const skipped = [...(before?.skipped ?? [])];
  const save = (next: number) => {
    const state: Unfinished = { key, next, skipped, highest: highest.state, lowest: lowest?.state ?? null };
    return writeBeside(part, serialize(state));
  };
  const progress = terminal.progress(listed.length, "photographs");
  let savedMs = performance.now();
  try {
    for await (const { first, pictures, reasons } of batches(listed, layer.size, before?.next ?? 0)) {
      if (terminal.signal.aborted) {
        if (first > 0) await save(first);
        return undefined;
      }
      if (performance.now() - savedMs > saveEveryMs) {
        await save(first);
        savedMs = performance.now();
      }
      const found = reasons.every((reason) => reason !== undefined) ? undefined : await layer.at(pictures);
      reasons.forEach((unread, i) => {
        const row = <T extends Float32Array | Int32Array>(of: T) => of.subarray(i * channels, (i + 1) * channels) as T;
        const add = (
          to: ChannelSurvey | null,
          { values, places }: { values: Float32Array; places: Int32Array | null },
        ) => to?.add(first + i, row(values), places && row(places)) ?? true;
        // Both sides of a number that is none are none.
        const added =
          found !== undefined && unread === undefined && add(highest, found.highest) && add(lowest, found.lowest);
        const reason =
          unread ?? (added ? undefined : `${listed[first + i].path}: the layer makes no finite numbers of it`);
        if (reason !== undefined) skipped.push({ name: listed[first + i].name, reason });
      });
      progress.update(first + reasons.length);
      // A run occupies the thread: without this, Ctrl-C would never be seen.
      await setImmediate();
    }
  } finally {
    progress.stop();
  }
  if (highest.count === 0) throw noneReadable(skipped);
  const own = compacted(listed, highest.summaries(), lowest?.summaries() ?? null);
  const size = { width: layer.size.width, height: layer.size.height };
  const result: TopPictures = { key, count: highest.count, skipped, geometry, size, ...own };
  const text = JSON.stringify(result);
  await writeBeside(join(out, "photographs.json"), Buffer.from(text));
  rmSync(part, { force: true });
  // As it will be read: JSON knows no −0.
  return JSON.parse(text) as TopPictures;
}

/** Of all photographs those that some channel shows, and the summaries with their places among them. */
function compacted(
  listed: readonly Listed[],
  highest: readonly ChannelSummary[],
  lowest: readonly ChannelSummary[] | null,
): Pick<TopPictures, "photographs" | "highest" | "lowest"> {
  const all = [...highest, ...(lowest ?? [])];
  const used = [...new Set(all.flatMap(({ top }) => top.map(({ picture }) => picture)))].sort((a, b) => a - b);
  const moved = placesMoved(used);
  return {
    photographs: used.map((picture) => {
      const { name, id } = listed[picture];
      return { name, label: labelOf(name), id };
    }),
    highest: highest.map(moved),
    lowest: lowest?.map(moved) ?? null,
  };
}

/** What some channels show: photographs of none of them are left out; the other channels show none. */
export function ofChannels(found: TopPictures, channels: readonly number[]): TopPictures {
  const shown = new Set(channels);
  const kept = (all: readonly ChannelSummary[]) =>
    all.map((summary, channel) => (shown.has(channel) ? summary : { ...summary, top: [] }));
  const [highest, lowest] = [kept(found.highest), found.lowest && kept(found.lowest)];
  const all = [...highest, ...(lowest ?? [])];
  const used = [...new Set(all.flatMap(({ top }) => top.map(({ picture }) => picture)))].sort((a, b) => a - b);
  const moved = placesMoved(used);
  return {
    ...found,
    photographs: used.map((picture) => found.photographs[picture]),
    highest: highest.map(moved),
    lowest: lowest?.map(moved) ?? null,
  };
}

function placesMoved(used: readonly number[]): (summary: ChannelSummary) => ChannelSummary {
  const places = new Map(used.map((picture, place) => [picture, place]));
  return (summary) => ({
    ...summary,
    top: summary.top.map((one) => ({ ...one, picture: places.get(one.picture)! })),
  });
}

interface PictureBatch {
  readonly first: number;
  /** Filled up with black. */
  readonly pictures: Float32Array;
  /** Of each picture, why it could not be read. */
  readonly reasons: readonly (string | undefined)[];
}

/** Batches of photographs, the next one read while the network looks at this one. */
async function* batches(
  listed: readonly Listed[],
  { batch, channels, height, width }: LayerResponses["size"],
  from: number,
): AsyncGenerator<PictureBatch> {
  const count = channels * height * width;
  const read = async (first: number): Promise<PictureBatch> => {
    const pictures = new Float32Array(batch * count);
    const reasons = await Promise.all(
      listed.slice(first, first + batch).map(async ({ path }, i) => {
        try {
          pictures.set((await readPicture(path, { width, height, channels: channels as 1 | 3 })).data, i * count);
          return undefined;
        } catch (error) {
          if (error instanceof NoemaError) return inShort(error);
          throw error;
        }
      }),
    );
    return { first, pictures, reasons };
  };
  let next = from < listed.length ? read(from) : undefined;
  for (let first = from; next !== undefined; first += batch) {
    const current: PictureBatch = await next;
    next = first + batch < listed.length ? read(first + batch) : undefined;
    // It is awaited in the next turn; that there may be none must not be an unhandled rejection.
    next?.catch(() => {});
    yield current;
  }
}

/** The words in parentheses are the decoder's; they depend on what else it decodes at the same time. */
function inShort({ parts: { where, found } }: NoemaError): string {
  return `${where}: ${found?.replace(/ \(.*\)$/s, "")}`;
}

function noneReadable(skipped: readonly Skipped[]): NoemaError {
  const shown = skipped.slice(0, 3).map(({ reason }) => `\n  ${reason}`);
  return new NoemaError("PICTURES_UNREADABLE", {
    where: "--images",
    found: `none of the ${skipped.length} pictures can be shown to the network:${shown.join("")}${skipped.length > 3 ? "\n  …" : ""}\n`,
  });
}
