/** @file Rounding to element types of eight bits and fewer, whose numbers are computed with in wider ones. */
import { cast } from "../../graph/builder.js";
import { dtypes, type NarrowType } from "../../graph/dtype.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";

export interface NarrowCastOptions {
  /** Whether numbers beyond the largest become the largest; only floats of eight bits have the choice. */
  readonly saturate?: number | undefined;
  readonly round_mode?: string | undefined;
}

/** The numbers that a cast to a narrow type would hold, in the type that stands for it: there and back again. */
export function narrowCast(x: Value, type: NarrowType, options: NarrowCastOptions = {}): Value {
  if (x.narrow === type) return x;
  if (type === "float4e2m1") {
    throw new NoemaError("DTYPE_UNSUPPORTED", {
      found: `a cast to element type ${type}`,
      needed: "ONNX Runtime has none on the CPU",
    });
  }
  const { onnx, narrow } = dtypes[type];
  const attributes = type.startsWith("float8") ? options : {};
  return cast(emit("Cast", [x], { to: onnx, ...attributes })[0], narrow!.wide);
}
