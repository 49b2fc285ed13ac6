/** @file exponential: the rate falls by the same share at every step. */
import { checkFactor, progress, readNumber, type Schedule, type ScheduleKind } from "./schedule.js";

/**
 * From 1 to `end`, which is reached after the last step, along end^(step / total).
 *
 * @param end above 0 to 1. Default 0.01
 * @throws NoemaError SCHEDULE_OPTION
 */
export function exponential(end = 0.01): Schedule {
  checkFactor("exponential", end, { excluded: true });
  return (step, total) => end ** progress(step, total);
}

const form = "exponential:END";

export const exponentialKind: ScheduleKind = {
  name: "exponential",
  form,
  read: (text) => exponential(readNumber(form, text, 0.01)),
};
