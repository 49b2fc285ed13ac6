/** @file Octaves: the sizes at which a photograph is dreamt on, the smallest first (Mordvintsev et al. 2015, dream.ipynb). */
import { NoemaError } from "@noema/engine";
import type { PlaneSize } from "./resample.js";

/** dream.ipynb. */
export const defaultOctaveScale = 1.4;

/** Where the shorter side of the smallest octave is near: what the network sees then is most of the photograph. */
const smallestSide = 130;

/** How many octaves there are where nobody says: as many as bring the shorter side down to what a network sees at once. */
export function defaultOctaves({ width, height }: PlaneSize, scale = defaultOctaveScale): number {
  return 1 + Math.max(0, Math.round(Math.log(Math.min(width, height) / smallestSide) / Math.log(scale)));
}

/**
 * The sizes, the photograph's own last.
 *
 * @throws NoemaError OCTAVES
 */
export function octaveSizes({ width, height }: PlaneSize, count: number, scale: number): PlaneSize[] {
  if (!Number.isInteger(count) || count < 1 || !(scale > 1) || !Number.isFinite(scale)) {
    throw new NoemaError("OCTAVES", {
      where: "octaves",
      found: `${count} octaves, each ${scale} times as large as the one before`,
      needed: "1 octave or more, and a scale above 1",
    });
  }
  const side = (length: number, i: number) => Math.max(1, Math.round(length / scale ** i));
  const sizes = Array.from({ length: count }, (_, i) => ({ width: side(width, i), height: side(height, i) }));
  return sizes.reverse();
}
