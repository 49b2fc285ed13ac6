/** @file Axes that operators are given: negative ones counted from the end, none outside, none twice. */
import { intsValue } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import type { ImportCall } from "../graph/op.js";
import type { Value } from "../graph/value.js";

/** An axis counted from the front. */
export function resolveAxis(axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || resolved < 0 || resolved >= rank) {
    throw new NoemaError("AXIS_RANGE", {
      found: `axis ${axis} of a value with ${rank} ${rank === 1 ? "axis" : "axes"}`,
      needed: rank === 0 ? "a scalar has no axes" : `it must lie in ${-rank} … ${rank - 1}`,
    });
  }
  return resolved;
}

/** Axes counted from the front, each at most once. */
export function resolveAxes(axes: readonly number[], rank: number): number[] {
  const resolved = axes.map((axis) => resolveAxis(axis, rank));
  if (new Set(resolved).size !== resolved.length) {
    throw new NoemaError("AXIS_TWICE", { found: `axes [${axes.join(", ")}]`, needed: "each at most once" });
  }
  return resolved;
}

/** All axes of a rank. */
export function allAxes(rank: number): number[] {
  return Array.from({ length: rank }, (_, i) => i);
}

/** What older opsets wrote as an attribute of integers, as the input it became; null where it was left out. */
export function intsInput(call: ImportCall, name: string): Value | null {
  const given = call.attributes[name];
  if (given === undefined) return null;
  if (!Array.isArray(given) || !given.every((v) => typeof v === "number")) {
    throw new NoemaError("ATTRIBUTE_KIND", {
      where: call.label,
      found: `attribute "${name}" is not a list of integers`,
      needed: "ints is needed",
    });
  }
  return intsValue(given as readonly number[]);
}
