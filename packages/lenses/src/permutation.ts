/** @file permutation: 0 … count − 1 in random order. */
import type { Random } from "@noema/engine";

/** Every order is as likely (Fisher and Yates 1938). */
export function permutation(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = random.below(i + 1);
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
