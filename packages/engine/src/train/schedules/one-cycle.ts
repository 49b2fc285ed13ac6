/** @file oneCycle: the rate rises, then falls to next to nothing. */
import { alongCosine, checkFactor, progress, readNumber, type Schedule, type ScheduleKind } from "./schedule.js";

/** As PyTorch's OneCycleLR begins and ends by default: at 1/25 of the rate, and at 1/10,000 of that. */
const start = 1 / 25;
const end = start / 1e4;

/**
 * From 1/25 up to 1, then down to 1/250,000 after the last step, both along half a wave of the cosine (Smith and Topin 2018,
 * "Super-Convergence", with the waves of fast.ai).
 *
 * @param rise share of the training that it rises, above 0 to 0.99. Default 0.3
 * @throws NoemaError SCHEDULE_OPTION
 */
export function oneCycle(rise = 0.3): Schedule {
  checkFactor("one-cycle", rise, { excluded: true, most: 0.99 });
  return (step, total) => {
    const at = progress(step, total);
    return at < rise ? alongCosine(start, 1, at / rise) : alongCosine(1, end, (at - rise) / (1 - rise));
  };
}

const form = "one-cycle:RISE";

export const oneCycleKind: ScheduleKind = {
  name: "one-cycle",
  form,
  read: (text) => oneCycle(readNumber(form, text, 0.3)),
};
