/** @file warmup: the rate rises in a straight line, then follows another schedule. */
import { constant } from "./constant.js";
import { checkMoment, type Moment, readMoment, type Schedule, type ScheduleKind, stepAt } from "./schedule.js";

/**
 * A straight line from near 0 up to where `then` begins (Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 2.2).
 * `then` has the rest of the training to itself: its steps and shares are counted from there. The first step has a rate already: at 0 it would be lost.
 *
 * @param length how long it rises: steps, or a share of the training
 * @param then default `constant()`
 * @throws NoemaError SCHEDULE_OPTION
 */
export function warmup(length: Moment, then: Schedule = constant()): Schedule {
  checkMoment("warmup", length);
  return (step, total) => {
    const rising = Math.min(Math.round(stepAt(length, total)), total);
    const rest = total - rising;
    return step < rising ? (then(0, rest) * (step + 1)) / (rising + 1) : then(step - rising, rest);
  };
}

const form = "warmup:STEPS,SCHEDULE";

export const warmupKind: ScheduleKind = {
  name: "warmup",
  form,
  read: (text, parse) => {
    const comma = text.indexOf(",");
    if (comma < 0) return warmup(readMoment(form, text));
    return warmup(readMoment(form, text.slice(0, comma)), parse(text.slice(comma + 1)));
  },
};
