/** @file The bias of fused activations: one number per element of the last axis. */
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";

/** Throws where a bias does not have the length of x's last axis. */
export function checkBias(x: Value, bias: Value): void {
  if (bias.rank === 1 && bias.shape[0] === x.shape[x.rank - 1]) return;
  throw new NoemaError("BIAS_SHAPE", {
    found: `bias has shape [${bias.shape.join(", ")}]`,
    needed: `[${x.shape[x.rank - 1]}] is needed, the input's last axis`,
  });
}
