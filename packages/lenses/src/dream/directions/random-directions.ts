/** @file Directions to compare with: the basis itself, and three kinds of random ones. */
import type { Random } from "@noema/engine";
import { columnMeans, type Rows, unitLength } from "./rows.js";

/** So many of the channels, drawn without repetition, in their order. */
export function drawnChannels(columns: number, count: number, random: Random): number[] {
  const all = Array.from({ length: columns }, (_, i) => i);
  for (let i = 0; i < Math.min(count, columns); i++) {
    const j = i + random.below(columns - i);
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, count).sort((a, b) => a - b);
}

/** The direction of one channel. */
export function channelDirection(columns: number, channel: number): Float32Array {
  const direction = new Float32Array(columns);
  direction[channel] = 1;
  return direction;
}

/** Every direction of the space as likely as any other (Szegedy et al. 2013, "Intriguing properties of neural networks"). */
export function randomDirections(columns: number, count: number, random: Random): Float32Array[] {
  return repeated(count, () => Float64Array.from({ length: columns }, () => random.normal()));
}

/**
 * As random, with every channel divided by its standard deviation: channels that vary much count no more than others.
 * Channels that never vary are left out.
 */
export function standardisedDirections(rows: Rows, count: number, random: Random): Float32Array[] {
  const means = columnMeans(rows);
  const variances = new Float64Array(rows.columns);
  rows.data.forEach((v, i) => {
    variances[i % rows.columns] += (v - means[i % rows.columns]) ** 2 / rows.rows;
  });
  return repeated(count, () => variances.map((v) => (v > 0 ? random.normal() / Math.sqrt(v) : 0)));
}

/**
 * Normally distributed with the rows' own covariance: such directions lie where the rows vary. A normally distributed
 * mixture of the centred rows has that covariance.
 */
export function matchedDirections(rows: Rows, count: number, random: Random): Float32Array[] {
  const means = columnMeans(rows);
  return repeated(count, () => {
    const mixture = new Float64Array(rows.columns);
    for (let r = 0; r < rows.rows; r++) {
      const share = random.normal();
      for (let c = 0; c < rows.columns; c++) mixture[c] += share * (rows.data[r * rows.columns + c] - means[c]);
    }
    return mixture;
  });
}

function repeated(count: number, draw: () => Float64Array): Float32Array[] {
  return Array.from({ length: count }, () => unitLength(draw()));
}
