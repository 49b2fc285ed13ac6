/** @file constant: the rate as it was given, from beginning to end. */
import { NoemaError } from "../../graph/error.js";
import type { Schedule, ScheduleKind } from "./schedule.js";

/** Always 1. */
export function constant(): Schedule {
  return () => 1;
}

export const constantKind: ScheduleKind = {
  name: "constant",
  form: "constant",
  read: (text) => {
    if (text === "") return constant();
    throw new NoemaError("SCHEDULE_SYNTAX", {
      where: "schedule",
      found: `"${text.slice(0, 40)}" after constant`,
      needed: "nothing belongs there",
    });
  },
};
