/** @file Sizes that pictures of a dataset may have, and memory for all of them. */
import { NoemaError } from "@noema/engine";
import type { PictureSize } from "../dataset.js";

/** Larger arrays are past what the tensors of a network can hold: 2³¹ − 1 elements. */
const mostBytes = 2 ** 31 - 1;

interface Sides {
  readonly width: number;
  readonly height: number;
}

/** @throws NoemaError DATASET_SIZE where a side is no whole number from `least` to `most` pixels */
export function checkSides(where: string, { width, height }: Sides, least: number, most: number): void {
  const wrong = [width, height].find((side) => !Number.isInteger(side) || side < least || side > most);
  if (wrong === undefined) return;
  throw new NoemaError("DATASET_SIZE", {
    where,
    found: `pictures of ${width}×${height} pixels`,
    needed: `sides are whole numbers from ${least} to ${most}`,
  });
}

/**
 * How many bytes so many pictures are: N×C×H×W.
 *
 * @throws NoemaError DATASET_TOO_LARGE
 */
export function pictureBytes(where: string, count: number, { channels, height, width }: PictureSize): number {
  const each = channels * height * width;
  if (count * each > mostBytes) {
    throw new NoemaError("DATASET_TOO_LARGE", {
      where,
      found: `${count} pictures of ${width}×${height} pixels with ${channels} channel${channels === 1 ? "" : "s"} are ${count * each} bytes`,
      needed: `at most ${mostBytes}`,
      remedy: `Take fewer pictures (at most ${Math.floor(mostBytes / each)} of this size), or smaller ones.`,
    });
  }
  return count * each;
}
