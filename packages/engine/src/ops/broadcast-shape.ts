/** @file The shape rule of elementwise operators of several inputs. */
import type { DType } from "../graph/dtype.js";
import { NoemaError } from "../graph/error.js";
import { tryBroadcast } from "../graph/nd.js";
import type { Value, ValueType } from "../graph/value.js";

/** Type of an elementwise result: shapes broadcast against each other, element type of the last input unless given. */
export function broadcastShape(inputs: readonly Value[], dtype: DType = inputs[inputs.length - 1].dtype): [ValueType] {
  const shapes = inputs.map((v) => v.shape);
  const shape = tryBroadcast(shapes);
  if (shape === undefined) {
    throw new NoemaError("SHAPES_DIFFER", {
      found: `inputs of shapes ${shapes.map((s) => `[${s.join(", ")}]`).join(" and ")}`,
      needed: "they must broadcast against each other",
    });
  }
  return [{ dtype, shape }];
}
