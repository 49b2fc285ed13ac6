/** @file Empty arrays, where ONNX Runtime divides by their size, waits forever or aborts. */
import { NoemaError } from "../graph/error.js";
import type { Value } from "../graph/value.js";

/** Throws where an input is known to have no elements. */
export function refuseEmpty(inputs: readonly (Value | null | undefined)[]): void {
  const empty = inputs.find((v) => v?.knownShape?.includes(0));
  if (!empty) return;
  throw new NoemaError("INPUT_EMPTY", {
    found: `an input of shape [${empty.shape.join(", ")}]`,
    needed: "ONNX Runtime does not compute this of nothing",
  });
}
