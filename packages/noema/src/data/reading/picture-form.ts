/** @file pictureForm: the size and the channels that pictures are read at where none are asked for. */
import { NoemaError } from "@noema/engine";
import { readPicture, readSides } from "../../pictures/read-picture.js";
import type { Terminal } from "../../terminal/command.js";
import type { DatasetOptions, PictureSize } from "../dataset.js";
import { checkStopped } from "./read-pictures.js";

/** Sides in pixels where pictures have different ones, or larger ones than are trained on for a beginning. */
const usualSide = 64;

/** Sides in pixels up to which pictures that all have the same stay as they are. */
const mostSide = 128;

/** So many pictures, spread over all, are looked at for colour. */
const samples = 64;

/** Channels of a grey picture differ by no more, of 255: what colour profiles and JPEG leave is less. */
const greyTolerance = 16 / 255;

const together = 16;

/**
 * What is not asked for: the size is 64×64, or the pictures' own where all have the same and no side is over 128 pixels;
 * colour where one of 64 pictures spread over all has any, else grey. Pictures that cannot be read decide nothing.
 *
 * @throws NoemaError STOPPED
 */
export async function pictureForm(
  paths: readonly string[],
  { size, channels }: Pick<DatasetOptions, "size" | "channels">,
  terminal: Terminal,
): Promise<PictureSize> {
  const { width, height } = size ?? (await commonSides(paths, terminal)) ?? { width: usualSide, height: usualSide };
  return { channels: channels ?? ((await anyColour(paths, terminal)) ? 3 : 1), height, width };
}

async function commonSides(paths: readonly string[], terminal: Terminal) {
  let common: { readonly width: number; readonly height: number } | undefined;
  for (let first = 0; first < paths.length; first += together) {
    checkStopped(terminal, first, paths.length);
    for (const sides of await Promise.all(
      paths.slice(first, first + together).map((path) => readable(readSides(path))),
    )) {
      if (sides === undefined) continue;
      common ??= sides;
      const same = sides.width === common.width && sides.height === common.height;
      if (!same || Math.max(sides.width, sides.height) > mostSide) return undefined;
    }
  }
  return common;
}

async function anyColour(paths: readonly string[], terminal: Terminal): Promise<boolean> {
  const step = Math.max(1, paths.length / samples);
  for (let at = 0; at < paths.length; at += step) {
    checkStopped(terminal, Math.floor(at), paths.length);
    const form = { width: usualSide, height: usualSide, channels: 3 } as const;
    const picture = await readable(readPicture(paths[Math.floor(at)], form));
    if (picture !== undefined && hasColour(picture.data)) return true;
  }
  return false;
}

function hasColour(data: Float32Array): boolean {
  const plane = data.length / 3;
  for (let i = 0; i < plane; i++) {
    const [red, green, blue] = [data[i], data[plane + i], data[2 * plane + i]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > greyTolerance) return true;
  }
  return false;
}

async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof NoemaError) return undefined;
    throw error;
  }
}
