/** @file initialDictionary: the atoms that learning begins with: vectors of the data, each its own. */
import { seededRandom } from "@noema/engine";
import { permutation } from "../../permutation.js";
import type { Dictionary } from "../dictionary.js";
import { scaleToOne } from "../unit-rows.js";
import type { VectorSource } from "./learner.js";

/** Streams of the seed. */
const [orderStream, fillStream] = [800, 801];
/** Of the cosine of two vectors that are taken for one. */
const sameWithin = 1e-5;
/** A vector shorter than this, beside the longest, is nothing but rounding. */
const shortest = 1e-6;

export interface InitialOptions {
  /** A. */
  readonly atoms: number;
  /** D: taken off the vectors. */
  readonly mean: Float32Array;
  readonly nonNegative: boolean;
  readonly seed: number;
}

/**
 * Vectors drawn by chance, none of length 0 and no two alike, scaled to length 1. Where the data has too few that differ, random
 * directions follow.
 */
export async function initialDictionary(vectors: VectorSource, options: InitialOptions): Promise<Dictionary> {
  const { atoms: count, mean, nonNegative, seed } = options;
  const { length } = vectors;
  const atoms = new Float32Array(count * length);
  const alike = new Map<string, number[]>();
  let [taken, longest] = [0, 0];
  for (const n of permutation(vectors.count, seededRandom(seed, orderStream))) {
    if (taken === count) break;
    const row = (await vectors.read(n, n + 1)).map((value, i) => value - mean[i]);
    const size = scaleToOne(row);
    longest = Math.max(longest, size);
    if (!(size > shortest * longest)) continue;
    const near = alike.get(key(row)) ?? [];
    if (near.some((atom) => isSame(row, atoms.subarray(atom * length, (atom + 1) * length)))) continue;
    alike.set(key(row), [...near, taken]);
    atoms.set(row, length * taken++);
  }
  const random = seededRandom(seed, fillStream);
  for (; taken < count; taken++) {
    const row = Float32Array.from({ length }, () => random.normal());
    scaleToOne(row);
    atoms.set(row, length * taken);
  }
  return { count, length, atoms, mean, nonNegative };
}

/** The same for vectors that are the same, so that few are compared: where they are largest, and about how large. */
function key(row: Float32Array): string {
  let most = 0;
  for (let i = 0; i < row.length; i++) if (Math.abs(row[i]) > Math.abs(row[most])) most = i;
  return `${most}:${Math.round(Math.abs(row[most]) * 1e3)}`;
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i] * b[i];
  return Math.abs(product) > 1 - sameWithin;
}
