/** @file drawSome: some of many pictures, drawn by a seed and kept in their order. */
import { NoemaError, seededRandom } from "@noema/engine";

/** A stream of the seed: which pictures are taken. */
const choosingStream = 301;

/**
 * Indices, rising: all of `count`, or `most` of them, every choice as likely (Knuth, The Art of Computer Programming 2,
 * 3.4.2, algorithm S).
 *
 * @throws NoemaError DATASET_EMPTY where `most` is not 1 at least
 */
export function drawSome(count: number, most: number | undefined, seed: number): number[] {
  if (most !== undefined && !(most >= 1)) {
    throw new NoemaError("DATASET_EMPTY", {
      where: "the number of pictures",
      found: `at most ${most} are asked for`,
      needed: "a number from 1",
    });
  }
  const all = Array.from({ length: count }, (_, i) => i);
  if (most === undefined || most >= count) return all;
  const random = seededRandom(seed, choosingStream);
  let wanted = Math.floor(most);
  return all.filter((i) => {
    const taken = random.below(count - i) < wanted;
    if (taken) wanted--;
    return taken;
  });
}
