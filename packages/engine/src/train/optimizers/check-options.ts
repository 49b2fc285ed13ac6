/** @file Checks of what optimizers are given. */
import { NoemaError } from "../../graph/error.js";

function refuse(where: string, option: string, value: number, needed: string): NoemaError {
  return new NoemaError("OPTIMIZER_OPTION", { where: `${where}, ${option}`, found: String(value), needed });
}

/** A share that is kept from step to step. */
export function checkShare(where: string, option: string, value: number): void {
  if (!(value >= 0 && value < 1)) throw refuse(where, option, value, "a number from 0 to 1, 1 excluded");
}

/** A number that is not negative. */
export function checkSize(where: string, option: string, value: number): void {
  if (!(value >= 0 && value < Number.POSITIVE_INFINITY)) throw refuse(where, option, value, "a number of at least 0");
}
