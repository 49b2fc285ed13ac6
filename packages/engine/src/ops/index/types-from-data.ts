/** @file Operators whose result has a shape that depends on the elements of their inputs. */
import type { DType } from "../../graph/dtype.js";
import { NoemaError } from "../../graph/error.js";
import { type Nd, nd } from "../../graph/nd.js";
import { typeWithoutShape, type Value, type ValueType } from "../../graph/value.js";

/** Types of outputs whose shapes are only known while running. */
export function typesWithoutShapes(dtypes: readonly DType[], found: string): ValueType[] {
  const failure = new NoemaError("SHAPE_UNKNOWN", {
    found,
    needed: "it must follow from the shapes of the inputs",
    remedy: "Cut the graph before this node.",
  });
  return dtypes.map((dtype) => typeWithoutShape(dtype, failure));
}

/**
 * Types of outputs of such an operator: with the shapes that `compute` finds where all inputs are constants, else without.
 *
 * @param dtypes element type of each output
 */
export function typesFromData(
  inputs: readonly (Value | null)[],
  dtypes: readonly DType[],
  compute: (arrays: readonly (Nd | undefined)[]) => readonly Nd[],
): ValueType[] {
  if (inputs.some((v) => v !== null && v.constant === null)) {
    return typesWithoutShapes(dtypes, "how many results there are is only known while running");
  }
  const found = compute(inputs.map((v) => (v === null ? undefined : nd(v.shape, v.constant!.toNumbers()))));
  return dtypes.map((dtype, i) => ({ dtype, shape: found[i].dims }));
}
