/** @file readActivations: what a layer makes of a folder of pictures, batch by batch. */
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import { type LayerLook, type Random, type Rows, seededRandom } from "@noema/lenses";
import { readPicture } from "../pictures/read-picture.js";
import type { Terminal } from "../terminal/command.js";

/** Where in a picture a direction is measured: over all positions their mean or the largest, or in the middle. */
export const poolings = ["mean", "max", "centre"] as const;
type Pooling = (typeof poolings)[number];

export interface Unreadable {
  readonly path: string;
  readonly reason: string;
}

export interface Activations {
  /** Places in the list of paths of the pictures that could be read. */
  readonly kept: readonly number[];
  readonly unreadable: readonly Unreadable[];
  /** How many positions of each picture were drawn. */
  readonly samples: number;
  /** kept × samples × channels: those positions. */
  readonly drawn: Float32Array;
  /** kept × channels: the mean over all positions, or the middle one; empty for max, which depends on the direction. */
  readonly pooled: Float32Array;
}

export interface ReadOptions {
  readonly paths: readonly string[];
  readonly look: LayerLook;
  readonly pooling: Pooling;
  /** The largest share of pictures that may be unreadable. */
  readonly maxUnreadable: number;
  readonly seed: number;
  readonly terminal: Terminal;
}

/** Directions are fitted to so many positions of each picture, and to so many rows of all, at most. */
const samplesPerPicture = 8;
const mostRows = 100_000;

/** A stream of the seed: which positions are drawn. */
const positionStream = 201;

/**
 * Reads every picture once. Undefined after Ctrl-C.
 *
 * @throws NoemaError PICTURES_UNREADABLE, ACTIVATIONS_NOT_FINITE
 */
export async function readActivations(options: ReadOptions): Promise<Activations | undefined> {
  const { paths, look, pooling, maxUnreadable, seed, terminal } = options;
  const { channels, positions } = look;
  const fitting = Math.max(1, Math.min(samplesPerPicture, positions, Math.floor(mostRows / paths.length)));
  const samples = pooling === "centre" ? 1 : fitting;
  const drawn = new Float32Array(paths.length * samples * channels);
  const pooled = new Float32Array(pooling === "max" ? 0 : paths.length * channels);
  const random = seededRandom(seed, positionStream);
  const kept: number[] = [];
  const unreadable: Unreadable[] = [];
  const progress = terminal.progress(paths.length, "pictures");
  try {
    for await (const { index, activations, failed } of activationsOf(options)) {
      if (terminal.signal.aborted) return undefined;
      progress.update(index + 1);
      if (failed !== undefined) {
        unreadable.push({ path: paths[index], reason: failed });
        if (unreadable.length > maxUnreadable * paths.length) throw tooManyUnreadable(unreadable, paths.length);
        continue;
      }
      checkFinite(activations, paths[index]);
      const at = kept.push(index) - 1;
      const places = pooling === "centre" ? [look.centre] : positionsDrawn(positions, samples, random);
      places.forEach((place, i) => {
        const row = activations.subarray(place * channels, (place + 1) * channels);
        drawn.set(row, (at * samples + i) * channels);
        if (pooling === "centre") pooled.set(row, at * channels);
      });
      if (pooling === "mean") meanOver(activations, pooled.subarray(at * channels, (at + 1) * channels));
    }
  } finally {
    progress.stop();
  }
  return {
    kept,
    unreadable,
    samples,
    drawn: drawn.subarray(0, kept.length * samples * channels),
    pooled: pooled.subarray(0, pooling === "max" ? 0 : kept.length * channels),
  };
}

/**
 * How strongly each picture excites each direction: pictures × directions. Undefined after Ctrl-C.
 *
 * @param options paths: those that could be read
 */
export async function readResponses(
  options: ReadOptions,
  { pooled }: Pick<Activations, "pooled">,
  directions: readonly Float32Array[],
): Promise<Float32Array | undefined> {
  const { paths, look, pooling, terminal } = options;
  const count = directions.length;
  const responses = new Float32Array(paths.length * count);
  const progress = terminal.progress(paths.length, "pictures, along all directions");
  try {
    if (pooling !== "max") {
      for (let picture = 0; picture < paths.length; picture++) {
        if (terminal.signal.aborted) return undefined;
        const own = pooled.subarray(picture * look.channels, (picture + 1) * look.channels);
        directions.forEach((direction, d) => {
          let sum = 0;
          for (let c = 0; c < own.length; c++) sum += own[c] * direction[c];
          responses[picture * count + d] = sum;
        });
        if (picture % 100 === 99) {
          progress.update(picture + 1);
          await setImmediate();
        }
      }
      return responses;
    }
    for await (const { batch, first, failed } of batchesOf(options)) {
      if (terminal.signal.aborted) return undefined;
      const gone = failed.findIndex((reason) => reason !== undefined);
      if (gone >= 0) throw tooManyUnreadable([{ path: paths[first + gone], reason: failed[gone]! }], paths.length);
      const largest = await look.largestAlong(await look.at(batch), directions);
      responses.set(largest.subarray(0, failed.length * count), first * count);
      progress.update(first + failed.length);
      await setImmediate();
    }
    return responses;
  } finally {
    progress.stop();
  }
}

/** Some of the rows of `drawn`: those of these pictures. */
export function rowsOf({ drawn, samples }: Activations, channels: number, pictures: Uint32Array): Rows {
  const size = samples * channels;
  const data = new Float32Array(pictures.length * size);
  pictures.forEach((picture, i) => {
    data.set(drawn.subarray(picture * size, (picture + 1) * size), i * size);
  });
  return { data, rows: pictures.length * samples, columns: channels };
}

/** One picture after another: positions × channels, or why it could not be read. */
async function* activationsOf(options: ReadOptions) {
  const { look } = options;
  const size = look.positions * look.channels;
  for await (const { batch, first, failed } of batchesOf(options)) {
    const all = failed.every((reason) => reason !== undefined) ? undefined : await look.at(batch);
    for (const [i, reason] of failed.entries()) {
      const activations = all?.subarray(i * size, (i + 1) * size) ?? new Float32Array();
      yield { index: first + i, activations, failed: reason };
    }
    // A run occupies the thread: without this, Ctrl-C would never be seen.
    await setImmediate();
  }
}

/** Batches of pictures, the next one read while the network looks at this one. The last is filled up with black. */
async function* batchesOf({ paths, look }: ReadOptions) {
  const { batch, channels, height, width } = look.size;
  const size = channels * height * width;
  const read = async (first: number) => {
    const pictures = new Float32Array(batch * size);
    const failed = await Promise.all(
      paths.slice(first, first + batch).map(async (path, i) => {
        try {
          const { data } = await readPicture(path, { width, height, channels: channels as 1 | 3 | 4 });
          pictures.set(data, i * size);
          return undefined;
        } catch (error) {
          if (error instanceof NoemaError) return error.message;
          throw error;
        }
      }),
    );
    return { batch: pictures, first, failed };
  };
  let next = read(0);
  for (let first = 0; first < paths.length; first += batch) {
    const current = await next;
    if (first + batch < paths.length) {
      next = read(first + batch);
      // It is awaited in the next turn; that there may be none must not be an unhandled rejection.
      next.catch(() => {});
    }
    yield current;
  }
}

function positionsDrawn(positions: number, count: number, random: Random): number[] {
  if (count >= positions) return Array.from({ length: positions }, (_, i) => i);
  const places = new Set<number>();
  while (places.size < count) places.add(random.below(positions));
  return [...places];
}

function meanOver(activations: Float32Array, out: Float32Array): void {
  const sums = new Float64Array(out.length);
  for (let at = 0; at < activations.length; ) for (let c = 0; c < sums.length; c++) sums[c] += activations[at++];
  const positions = activations.length / out.length;
  out.set(sums.map((sum) => sum / positions));
}

function checkFinite(activations: Float32Array, path: string): void {
  const bad = activations.find((v) => !Number.isFinite(v));
  if (bad === undefined) return;
  throw new NoemaError("ACTIVATIONS_NOT_FINITE", {
    where: path,
    found: `the layer makes ${bad} of it`,
    needed: "finite numbers",
    remedy: "Look whether the sidecar says rightly how the model wants its pictures, or choose an earlier layer.",
  });
}

function tooManyUnreadable(unreadable: readonly Unreadable[], of: number): NoemaError {
  const shown = unreadable.slice(0, 3).map(({ reason }) => `\n  ${reason}`);
  return new NoemaError("PICTURES_UNREADABLE", {
    where: "the pictures",
    found: `${unreadable.length} of ${of} cannot be read:${shown.join("")}${unreadable.length > 3 ? "\n  …" : ""}\n`,
    remedy: "Take them out, or allow a larger share with --max-unreadable.",
  });
}
