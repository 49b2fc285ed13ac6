/** @file Colours: any real numbers to a valid picture, through axes in which the colours of photographs are uncorrelated. */
import { build, NoemaError, type Value } from "@noema/engine";
import { mixChannels } from "../mix-channels.js";
import type { PictureSize } from "../preprocessing.js";

export interface Colours {
  /** N×C×H×W of any real numbers to N×C×H×W in 0 … 1. */
  picture(values: Value): Value;
  /** The values that `picture` makes these pictures of; black and white are taken as nearly so. */
  values(pictures: Float32Array, size: PictureSize): Float32Array;
}

/** A square root of the covariance of ImageNet's colours: rows are red, green, blue (Lucid, param/color.py). */
export const imagenetColours: readonly (readonly number[])[] = [
  [0.26, 0.09, 0.02],
  [0.27, 0.0, -0.05],
  [0.27, -0.09, 0.03],
];

/**
 * Colours decorrelated by a square root of their covariance, divided by the longest of its columns (as in Lucid), then a
 * sigmoid. Left out: each channel by itself.
 */
export function colours(channels: number, root?: readonly (readonly number[])[]): Colours {
  if (root === undefined) {
    return { picture: build.sigmoid, values: (pictures) => pictures.map(logit) };
  }
  if (root.length !== channels || root.some((row) => row.length !== channels || !row.every(Number.isFinite))) {
    throw new NoemaError("COLOURS_SHAPE", {
      where: "colours",
      found: `a matrix of ${root.length}×${root[0]?.length ?? 0} numbers`,
      needed: `${channels}×${channels}, one row for each channel`,
    });
  }
  const longest = Math.max(...root[0].map((_, column) => Math.hypot(...root.map((row) => row[column]))));
  const mix = root.map((row) => row.map((v) => v / longest));
  const unmix = inverse(mix);
  return {
    picture: (values) => build.sigmoid(mixChannels(values, mix)),
    values: (pictures, { height, width }) => {
      const plane = height * width;
      const out = new Float32Array(pictures.length);
      for (let i = 0; i < pictures.length; i++) {
        const [channel, at] = [Math.floor(i / plane) % channels, i % plane];
        const first = i - at - channel * plane;
        for (let c = 0; c < channels; c++) out[i] += unmix[channel][c] * logit(pictures[first + c * plane + at]);
      }
      return out;
    },
  };
}

/** The inverse of the sigmoid, of a number kept off 0 and 1 by half a step of an 8-bit picture. */
function logit(v: number): number {
  const p = Math.min(1 - 1 / 512, Math.max(1 / 512, v));
  return Math.log(p / (1 - p));
}

/** The inverse of a square matrix, by Gauss and Jordan's elimination with the largest pivot. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const n = matrix.length;
  const rows = matrix.map((row, i) => [...row, ...row.map((_, j) => (i === j ? 1 : 0))]);
  for (let at = 0; at < n; at++) {
    const pivot = rows
      .slice(at)
      .reduce((best, row, i) => (Math.abs(row[at]) > Math.abs(rows[best][at]) ? at + i : best), at);
    [rows[at], rows[pivot]] = [rows[pivot], rows[at]];
    if (Math.abs(rows[at][at]) < 1e-12) {
      throw new NoemaError("COLOURS_SINGULAR", {
        where: "colours",
        found: "the matrix has no inverse",
        needed: "its rows must be independent of each other",
      });
    }
    const head = rows[at][at];
    rows[at] = rows[at].map((v) => v / head);
    rows.forEach((row, i) => {
      if (i !== at) rows[i] = row.map((v, j) => v - row[at] * rows[at][j]);
    });
  }
  return rows.map((row) => row.slice(n));
}
