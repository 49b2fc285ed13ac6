/** @file cosine: the rate falls slowly, then fast, then slowly. */
import { alongCosine, checkFactor, progress, readNumber, type Schedule, type ScheduleKind } from "./schedule.js";

/**
 * From 1 to `end`, which is reached after the last step, along half a wave of the cosine (Loshchilov and Hutter 2017, "SGDR",
 * equation 5, without restarts).
 *
 * @param end 0 … 1. Default 0
 * @throws NoemaError SCHEDULE_OPTION
 */
export function cosine(end = 0): Schedule {
  checkFactor("cosine", end);
  return (step, total) => alongCosine(1, end, progress(step, total));
}

const form = "cosine:END";

export const cosineKind: ScheduleKind = {
  name: "cosine",
  form,
  read: (text) => cosine(readNumber(form, text, 0)),
};
