/** @file The axes LayerNormalization and RMSNormalization normalize over, and what fits them. */
import { NoemaError } from "../../graph/error.js";
import { tryBroadcast } from "../../graph/nd.js";
import type { Value } from "../../graph/value.js";

/** All axes from `axis` on. */
export function normalizedAxes(rank: number, axis: number): number[] {
  return Array.from({ length: rank - axis }, (_, i) => axis + i);
}

/** Refuses a scale or bias that does not broadcast to x. */
export function checkNormalized(x: Value, parameter: Value, name: string, axis: number): void {
  if (tryBroadcast([parameter.shape, x.shape])?.join() === x.shape.join()) return;
  throw new NoemaError("NORMALIZATION_SHAPE", {
    found: `${name} of shape [${parameter.shape.join(", ")}]`,
    needed: `the normalized axes are [${x.shape.slice(axis).join(", ")}]`,
  });
}
