/** @file Element types that ONNX allows and ONNX Runtime has no kernel for: they are computed in another type. */
import { cast } from "../graph/builder.js";
import type { DType } from "../graph/dtype.js";
import { emit } from "../graph/emit.js";
import type { ImportRule } from "../graph/op.js";
import type { Value } from "../graph/value.js";

/** From a type without kernel to one that holds all its numbers. */
export type Detours = Partial<Record<DType, DType>>;

/** Small integers that Max, Min and Clip have no kernels for. */
export const detoursOfExtremes: Detours = { int16: "int32", uint16: "int32" };

/** Applies an operator, by a detour where it has no kernel for the type of its last input. */
export function emitThrough(op: string, inputs: readonly (Value | null)[], detours: Detours): readonly Value[] {
  const dtype = inputs.findLast((v) => v !== null)?.dtype;
  const other = dtype && detours[dtype];
  if (!other) return emit(op, inputs);
  return emit(
    op,
    inputs.map((v) => (v?.dtype === dtype ? cast(v, other) : v)),
  ).map((y) => cast(y, dtype));
}

/** The import rule of an operator without attributes that takes such a detour. */
export function importThrough(op: string, detours: Detours): ImportRule {
  return ({ inputs }) => emitThrough(op, inputs, detours);
}
