/** @file What model.json may be trusted to hold: nothing. Checks for objects and lists, with one error. */
import { NoemaError } from "../graph/error.js";

/** The error of a model.json that is not what it should be. */
export function corrupt(found: string): NoemaError {
  return new NoemaError("MODEL_CORRUPT", {
    where: "model.json",
    found,
    remedy: "It may be truncated, or not a TensorFlow.js model at all.",
  });
}

export function asRecord(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw corrupt(`${what} is not an object`);
  return value as Record<string, unknown>;
}

export function asArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw corrupt(`${what} is not a list`);
  return value;
}
