/** @file Constants as arrays of doubles, for operators whose result has a shape that depends on their elements. */
import { knownNumbers } from "../../graph/emit.js";
import { type Nd, nd } from "../../graph/nd.js";
import type { Value } from "../../graph/value.js";

/** The elements of a constant. Throws SHAPE_UNKNOWN where the value is only known at run time. */
export function knownNd(value: Value, what: string): Nd {
  return nd(value.shape, knownNumbers(value, what));
}
