/** @file Schedules: how the learning rate changes while training. */
export { constant } from "./constant.js";
export { cosine } from "./cosine.js";
export { exponential } from "./exponential.js";
export { oneCycle } from "./one-cycle.js";
export { parseSchedule, scheduleForms } from "./parse-schedule.js";
export type { Moment, Schedule } from "./schedule.js";
export { type StepOptions, step } from "./step.js";
export { warmup } from "./warmup.js";
