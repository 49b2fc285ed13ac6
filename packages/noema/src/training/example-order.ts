/** @file exampleOrder: in which order the examples of an epoch are seen, a function of seed and epoch alone. */
import { seededRandom } from "@noema/engine";
import { permutation } from "@noema/lenses";

/** Streams from here on are those of epochs. */
const firstStream = 400;

/** A permutation of 0 … count − 1. */
export function exampleOrder(count: number, seed: number, epoch: number): Int32Array {
  return permutation(count, seededRandom(seed, firstStream + epoch));
}
