/** @file The recovery test of the K-SVD paper: vectors made of atoms that are known, and how many of them are found again. */
import { seededRandom } from "@noema/engine";
import { randomDictionary } from "../coding/naive-omp.testing.js";
import type { Dictionary } from "../dictionary.js";

export interface Known {
  readonly dictionary: Dictionary;
  /** N×D. */
  readonly vectors: Float32Array;
}

/** Vectors of `parts` different atoms each, and noise of a tenth of their length: 20 dB. */
export function knownVectors(
  seed: number,
  { atoms, length, vectors, parts }: Readonly<Record<"atoms" | "length" | "vectors" | "parts", number>>,
  nonNegative = false,
): Known {
  const random = seededRandom(seed, 5);
  const dictionary = { ...randomDictionary(random, atoms, length, { centred: false }), nonNegative };
  const rows = Array.from({ length: vectors }, () => {
    const chosen = new Set<number>();
    while (chosen.size < parts) chosen.add(random.below(atoms));
    const row = new Float64Array(length);
    for (const atom of chosen) {
      const amount = nonNegative ? Math.abs(random.normal()) : random.normal();
      for (let i = 0; i < length; i++) row[i] += amount * dictionary.atoms[atom * length + i];
    }
    const noise = Float64Array.from({ length }, () => random.normal());
    const share = (0.1 * Math.hypot(...row)) / Math.hypot(...noise);
    return row.map((value, i) => value + share * noise[i]);
  });
  return { dictionary, vectors: Float32Array.from(rows.flatMap((row) => [...row])) };
}

/** Share of the known atoms that have a learnt one with |cosine| > 0.99; of non-negative ones the sign counts. */
export function foundShare(known: Dictionary, learnt: Dictionary): number {
  const { count, length } = known;
  let found = 0;
  for (let atom = 0; atom < count; atom++) {
    let best = 0;
    for (let other = 0; other < learnt.count; other++) {
      let cosine = 0;
      for (let i = 0; i < length; i++) cosine += known.atoms[atom * length + i] * learnt.atoms[other * length + i];
      best = Math.max(best, known.nonNegative ? cosine : Math.abs(cosine));
    }
    if (best > 0.99) found++;
  }
  return found / count;
}
