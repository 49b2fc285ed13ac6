/** @file A flight: every frame is the one before, a little nearer, dreamt on; frames that are there already are kept. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { NoemaError } from "@noema/engine";
import { type Objective, type Photograph, zoomed } from "@noema/lenses";
import sharp from "sharp";
import { readPicture } from "../pictures/read-picture.js";
import { writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import { dreamOn } from "./dream-on.js";
import type { Dreamer, Manner } from "./dreamer.js";
import { type DreamRecipe, dreamPng, recipeTextOf } from "./recipe.js";

export interface FlightOptions {
  readonly folder: string;
  readonly frames: number;
  readonly zoom: number;
  /** From frame to frame, clockwise. */
  readonly rotate: number;
  /** Of every frame but the first. */
  readonly frameIterations: number;
  readonly manner: Manner & { readonly seed: number; readonly iterations: number };
  readonly recipe: DreamRecipe;
}

/** The largest side of a WebP picture (WebP container specification). */
export const webpMaxSide = 16383;

const framePath = (folder: string, frame: number) => join(folder, `frame-${`${frame}`.padStart(5, "0")}.png`);

/** How many frames a folder holds, from the first on without a gap; they must be of the same flight. */
function framesIn(folder: string, recipe: DreamRecipe): number {
  let count = 0;
  while (existsSync(framePath(folder, count + 1))) count++;
  if (count === 0) return 0;
  const last = framePath(folder, count);
  if (recipeTextOf(readFileSync(last), last) === JSON.stringify(recipe)) return count;
  throw new NoemaError("FRAMES_OTHER", {
    where: last,
    found: "it was made with other options, or of another photograph or model",
    needed: "frames that are there are kept, and the next ones follow from them",
    remedy: "Choose another folder with --frames-out, or remove this one.",
  });
}

/**
 * Makes the frames that are missing. Each starts from the file of the one before, so that stopping leaves no trace.
 *
 * @returns how many there are in the end
 * @throws NoemaError FRAMES_OTHER, DREAM_DIVERGED, OUT_PATH
 */
export async function fly(
  dreamer: Dreamer,
  { photograph, objective }: { photograph: Photograph; objective: Objective },
  options: FlightOptions,
  terminal: Terminal,
): Promise<number> {
  const { folder, frames, zoom, rotate, frameIterations, manner, recipe } = options;
  const before = framesIn(folder, recipe);
  if (before > 0 && before < frames) terminal.warn(`${before} of ${frames} frames are there: going on with the next.`);
  const progress = terminal.progress(Math.max(1, frames - before), "frames");
  let frame = before;
  try {
    while (frame < frames && !terminal.signal.aborted) {
      const start =
        frame === 0
          ? photograph
          : zoomed(await frameBefore(folder, frame, photograph), { factor: zoom, degrees: rotate });
      const iterations = frame === 0 ? manner.iterations : frameIterations;
      const dream = await dreamer.begin(start, objective, { ...manner, iterations, seed: manner.seed + frame });
      const { total } = dream.progress;
      const onTile = (done: number, where: string) =>
        progress.update(Number((frame - before + done / total).toFixed(2)), `frame ${frame + 1}, ${where}`);
      const { data, finished, failure } = await dreamOn(dream, iterations, { signal: terminal.signal, onTile });
      if (failure !== undefined) throw failure;
      if (!finished) break;
      frame++;
      await writeBeside(framePath(folder, frame), await dreamPng({ ...start, data }, recipe));
    }
  } finally {
    progress.stop();
  }
  return frame;
}

async function frameBefore(folder: string, frame: number, like: Photograph): Promise<Photograph> {
  const path = framePath(folder, frame);
  const read = await readPicture(path, { channels: like.channels as 1 | 3 });
  if (read.width === like.width && read.height === like.height) return read;
  throw new NoemaError("FRAMES_OTHER", {
    where: path,
    found: `it has ${read.width}×${read.height} pixels`,
    needed: `the frames of this flight have ${like.width}×${like.height}`,
    remedy: "Choose another folder with --frames-out, or remove this one.",
  });
}

/** The frames as one animated WebP, that begins anew at its end. */
export async function animate(folder: string, frames: number, framesPerSecond: number): Promise<Uint8Array> {
  const paths = Array.from({ length: frames }, (_, i) => framePath(folder, i + 1));
  const delay = Math.round(1000 / framesPerSecond);
  // A single picture is not joined to anything.
  const joined = frames === 1 ? sharp(paths[0]) : sharp(paths, { join: { animated: true } });
  return joined.webp({ quality: 85, delay: paths.map(() => delay), loop: 0 }).toBuffer();
}
