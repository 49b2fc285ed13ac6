/** @file Amounts: numbers that a transform draws, or that change in the course of an ascent. */
import type { Random } from "@noema/engine";

/** Some numbers, or all between two. */
export type Amount = readonly number[] | Range;

export interface Range {
  readonly from: number;
  readonly to: number;
}

export function isRange(amount: Amount): amount is Range {
  return "from" in amount;
}

/** One of the numbers, or any between the two, all equally likely. */
export function drawnAmount(amount: Amount, random: Random): number {
  return isRange(amount) ? amount.from + (amount.to - amount.from) * random.uniform() : random.pick(amount);
}

/** What lies between the two, in equal steps. */
export function amountAt(course: Range, progress: number): number {
  return course.from * (1 - progress) + course.to * progress;
}
