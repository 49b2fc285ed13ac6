/** @file constant: one number everywhere, such as 1 for the scales of a normalization. */
import { NoemaError } from "../../graph/error.js";
import { checkedSize, type Initializer } from "./initializer.js";

/**
 * An array of any shape filled with one number.
 *
 * @throws NoemaError INITIALIZER_OPTION
 */
export function constant(value: number): Initializer {
  // Float32Array would make infinity of it.
  if (!Number.isFinite(Math.fround(value))) {
    throw new NoemaError("INITIALIZER_OPTION", {
      where: "constant",
      found: String(value),
      needed: "a number that float32 has is needed",
    });
  }
  return (shape) => new Float32Array(checkedSize(shape)).fill(value);
}
