/** @file What index operators share: indices within range. */
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";

/** Refuses known indices that are not whole numbers of −size … size − 1. Those computed while running are ONNX Runtime's to check. */
export function checkIndices(indices: Value, size: number): void {
  if (indices.constant === null) return;
  const wrong = indices.constant.toNumbers().find((i) => !(Number.isInteger(i) && i >= -size && i < size));
  if (wrong !== undefined) {
    throw new NoemaError("INDEX_RANGE", {
      found: `index ${wrong}`,
      needed: `a whole number is needed, for an axis of ${size} elements`,
    });
  }
}

/** An index counted from the start. */
export function fromStart(index: number, size: number): number {
  return index < 0 ? index + size : index;
}
