/** @file checkVectors: refuses numbers that are no thought vectors, and says which. */
import { NoemaError } from "@noema/engine";

/** Longest vector: a sum of the squares of a hundred million of them is still a number of single precision. */
const mostLength = 1e15;

/**
 * @param vectors N×D
 * @param length D
 * @param where what they are, for messages
 * @param first number of the first of them, where they are a part of many
 * @returns N
 * @throws NoemaError VECTORS_LENGTH where they are no whole rows; VECTORS_NUMBERS where one holds NaN or an infinity, or is so
 *   long that single precision cannot hold sums of squares
 */
export function checkVectors(vectors: Float32Array, length: number, where: string, first = 0): number {
  if (!(length >= 1) || vectors.length % length !== 0) {
    throw new NoemaError("VECTORS_LENGTH", {
      where,
      found: `${vectors.length} numbers`,
      needed: `a multiple of ${length}, the numbers of one vector`,
    });
  }
  for (let from = 0; from < vectors.length; from += length) {
    let square = 0;
    for (let i = from; i < from + length; i++) square += vectors[i] * vectors[i];
    if (square < mostLength ** 2) continue;
    const row = vectors.subarray(from, from + length);
    const odd = row.findIndex((value) => !Number.isFinite(value));
    throw new NoemaError("VECTORS_NUMBERS", {
      where: `${where}, vector ${first + from / length}`,
      found: odd >= 0 ? `its number ${odd} is ${row[odd]}` : `it is ${Math.sqrt(square).toExponential(1)} long`,
      needed: odd >= 0 ? "numbers are needed" : `${mostLength.toExponential(0)} is the most`,
      remedy: "Look at the network and the pictures that they come from.",
    });
  }
  return vectors.length / length;
}
