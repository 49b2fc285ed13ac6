/** @file The text form of schedules: `cosine`, `step:0.1@30,60`, `warmup:500,cosine:0.01`. */
import { NoemaError, unknownName } from "../../graph/error.js";
import { constantKind } from "./constant.js";
import { cosineKind } from "./cosine.js";
import { exponentialKind } from "./exponential.js";
import { oneCycleKind } from "./one-cycle.js";
import type { Schedule, ScheduleKind } from "./schedule.js";
import { stepKind } from "./step.js";
import { warmupKind } from "./warmup.js";

const kinds: readonly ScheduleKind[] = [constantKind, cosineKind, exponentialKind, oneCycleKind, stepKind, warmupKind];

/** How each schedule is written, for the help of a command. */
export const scheduleForms: readonly string[] = kinds.map(({ form }) => form);

/** Longer texts are no schedules that anybody wrote. */
const maxLength = 1000;

/**
 * Reads a schedule: its name, and after a colon what it is given. Steps may be shares of the training: `warmup:5%,cosine`.
 *
 * @throws NoemaError SCHEDULE_SYNTAX, SCHEDULE_UNKNOWN, SCHEDULE_OPTION
 */
export function parseSchedule(text: string): Schedule {
  if (text.length > maxLength) throw syntax(`there are ${text.length} characters`, `at most ${maxLength} are read`);
  return parse(text);
}

function parse(text: string): Schedule {
  const colon = text.indexOf(":");
  const name = (colon < 0 ? text : text.slice(0, colon)).trim();
  const rest = colon < 0 ? "" : text.slice(colon + 1).trim();
  if (name === "") throw syntax("a name is missing", `one of these is needed: ${scheduleForms.join(", ")}`);
  const kind = kinds.find((candidate) => candidate.name === name);
  if (kind === undefined) {
    const names = kinds.map((candidate) => candidate.name);
    throw unknownName("SCHEDULE_UNKNOWN", "schedule", name, names);
  }
  if (colon >= 0 && rest === "") throw syntax("nothing follows the colon", `the form is ${kind.form}`);
  return kind.read(rest, parse);
}

function syntax(found: string, needed: string): NoemaError {
  return new NoemaError("SCHEDULE_SYNTAX", { where: "schedule", found, needed });
}
