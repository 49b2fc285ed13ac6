/** @file step: the rate drops at given moments. */
import { NoemaError } from "../../graph/error.js";
import {
  checkFactor,
  checkMoment,
  type Moment,
  readMoment,
  readNumber,
  type Schedule,
  type ScheduleKind,
  stepAt,
} from "./schedule.js";

export interface StepOptions {
  /** What the rate is multiplied by at each moment, above 0 to 1. Default 0.1. */
  readonly factor?: number;
  /** The first steps of the lower rates. Default half and three quarters of the training. */
  readonly at?: readonly Moment[];
}

/**
 * 1, then `factor` from the first moment on, `factor`² from the second (as He et al. 2016, "Deep Residual Learning", section
 * 4.2, trained on CIFAR-10).
 *
 * @throws NoemaError SCHEDULE_OPTION
 */
export function step({ factor = 0.1, at = ["50%", "75%"] }: StepOptions = {}): Schedule {
  checkFactor("step, factor", factor, { excluded: true });
  for (const moment of at) checkMoment("step, at", moment);
  return (now, total) => factor ** at.filter((moment) => now >= stepAt(moment, total)).length;
}

const form = "step:FACTOR@STEP,STEP,…";

export const stepKind: ScheduleKind = {
  name: "step",
  form,
  read: (text) => {
    if (text === "") return step();
    const [factor, moments, ...more] = text.split("@");
    if (more.length > 0) {
      throw new NoemaError("SCHEDULE_SYNTAX", {
        where: "schedule",
        found: "a second @",
        needed: `the form is ${form}`,
      });
    }
    const drop = { factor: readNumber(form, factor!) };
    return step(moments === undefined ? drop : { ...drop, at: moments.split(",").map((one) => readMoment(form, one)) });
  },
};
