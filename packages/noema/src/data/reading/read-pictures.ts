/** @file readPictures: many pictures of one size, several at a time; those that cannot be read are left out and listed. */
import { NoemaError } from "@noema/engine";
import { readPicture } from "../../pictures/read-picture.js";
import type { Terminal } from "../../terminal/command.js";
import type { Dataset, PictureSize } from "../dataset.js";
import { checkSides, pictureBytes } from "./picture-bytes.js";

export interface PictureFile {
  readonly path: string;
  /** What it is called in messages and reports: its path within the source, with `/`. */
  readonly name: string;
}

export interface ReadPicturesOptions {
  /** Pictures of another shape are cut evenly on two sides, so that they fill it. */
  readonly size: PictureSize;
  /** As in `readPicture`: only the square in the middle, of this share of the shorter side. */
  readonly middle?: number | undefined;
  /** The share of pictures that may be unreadable, 0..1. */
  readonly maxUnreadable: number;
}

export interface ReadPictures extends Pick<Dataset, "pixels" | "skipped"> {
  /** Indices of the pictures that could be read, in the order of `pixels`. */
  readonly kept: readonly number[];
}

/** How many are read at once: their files are in memory, and decoding is spread over the cores. */
const together = 16;

/** Sides in pixels; with more, a network for datasets is the wrong tool. */
const [leastSide, mostSide] = [1, 2048];

/** So many of the unreadable ones are named in messages. */
const mostNamed = 10;

/**
 * @throws NoemaError PICTURES_UNREADABLE where more than `maxUnreadable` cannot be read; DATASET_EMPTY where none can;
 *   DATASET_SIZE, DATASET_TOO_LARGE; STOPPED after Ctrl-C
 */
export async function readPictures(
  files: readonly PictureFile[],
  { size, middle, maxUnreadable }: ReadPicturesOptions,
  terminal: Terminal,
): Promise<ReadPictures> {
  checkSides("the pictures of a dataset", size, leastSide, mostSide);
  const pixels = new Uint8Array(pictureBytes("the pictures of a dataset", files.length, size));
  const each = size.channels * size.height * size.width;
  const kept: number[] = [];
  const skipped: Dataset["skipped"][number][] = [];
  const progress = terminal.progress(files.length, "pictures");
  try {
    for (let first = 0; first < files.length; first += together) {
      checkStopped(terminal, first, files.length);
      const batch = files.slice(first, first + together);
      const read = await Promise.all(batch.map(({ path }) => bytesOf(path, size, middle)));
      for (const [i, found] of read.entries()) {
        if (typeof found === "string") skipped.push({ name: batch[i].name, reason: found });
        else pixels.set(found, (kept.push(first + i) - 1) * each);
      }
      const seen = first + batch.length;
      progress.update(seen);
      // Ten are enough to show what is wrong; without them a folder of other things is not read to its end.
      const tooMany = skipped.length > maxUnreadable * files.length;
      if (tooMany && (skipped.length >= mostNamed || seen === files.length)) {
        throw tooManyUnreadable(skipped, seen, files.length);
      }
    }
  } finally {
    progress.stop();
  }
  if (kept.length === 0) throw nothingRead(skipped);
  if (skipped.length > 0) terminal.warn(`${unreadable(skipped, files.length)} and are left out: ${listed(skipped)}`);
  return { pixels: kept.length === files.length ? pixels : pixels.slice(0, kept.length * each), kept, skipped };
}

/** @throws NoemaError STOPPED */
export function checkStopped({ signal }: Pick<Terminal, "signal">, seen: number, count: number): void {
  if (!signal.aborted) return;
  throw new NoemaError("STOPPED", {
    where: "the pictures of a dataset",
    found: `stopped after ${seen} of ${count}`,
    remedy: "Nothing was written: the same command begins anew.",
  });
}

/** C×H×W, 0..255; or why it cannot be read. */
async function bytesOf(path: string, size: PictureSize, middle: number | undefined): Promise<Uint8Array | string> {
  try {
    const { data } = await readPicture(path, { ...size, ...(middle === undefined ? {} : { middle }) });
    const bytes = new Uint8Array(data.length);
    for (let i = 0; i < data.length; i++) bytes[i] = Math.round(255 * data[i]);
    return bytes;
  } catch (error) {
    if (error instanceof NoemaError) return error.parts.found;
    throw error;
  }
}

type Skipped = Dataset["skipped"];

const unreadable = ({ length }: Skipped, of: number) => `${length} of ${of} pictures cannot be read`;

function listed(skipped: Skipped, separator = "; "): string {
  const named = skipped.slice(0, mostNamed).map(({ name, reason }) => `${name}: ${reason}`);
  return [...named, ...(skipped.length > mostNamed ? ["…"] : [])].join(separator);
}

function tooManyUnreadable(skipped: Skipped, seen: number, count: number): NoemaError {
  return new NoemaError("PICTURES_UNREADABLE", {
    where: seen === count ? "the pictures of a dataset" : `the first ${seen} of ${count} pictures`,
    found: `${unreadable(skipped, seen)}:\n  ${listed(skipped, "\n  ")}\n`,
    remedy: "Take them out, or allow a larger share with --max-unreadable.",
  });
}

function nothingRead(skipped: Skipped): NoemaError {
  return new NoemaError("DATASET_EMPTY", {
    where: "the pictures of a dataset",
    found: skipped.length === 0 ? "there are none" : `none of them can be read:\n  ${listed(skipped, "\n  ")}\n`,
    needed: "at least one",
  });
}
