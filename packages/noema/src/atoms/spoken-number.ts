/** @file spokenNumber: a number as captions say it. */

/** Two digits unless told otherwise, a proper minus. */
export function spokenNumber(value: number, digits = 2): string {
  return `${Number(value.toPrecision(digits))}`.replace("-", "−");
}
