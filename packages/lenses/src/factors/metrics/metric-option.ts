/** @file checkOption: refuses a metric's option that is no whole number, or out of range. */
import { NoemaError } from "@noema/engine";

/** @throws NoemaError METRIC_OPTION */
export function checkOption(name: string, found: number, least: number, most: number): void {
  if (Number.isInteger(found) && found >= least && found <= most) return;
  throw new NoemaError("METRIC_OPTION", {
    where: name,
    found: `${found}`,
    needed: `a whole number, ${least} to ${most}`,
  });
}
