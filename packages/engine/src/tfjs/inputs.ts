/** @file The inputs of tfjs models: dynamic dimensions bound, unknown names refused. */
import type { DType } from "../graph/dtype.js";
import { input } from "../graph/emit.js";
import { NoemaError, unknownName } from "../graph/error.js";
import type { ReadOptions } from "../graph/read-model.js";
import { maxElements, sizeOf } from "../graph/tensor.js";
import { Value } from "../graph/value.js";

/** TensorFlow leaves dynamic dimensions without names; in images they have these. */
const axisNames: Readonly<Record<number, readonly string[]>> = {
  2: ["batch", "features"],
  3: ["batch", "steps", "features"],
  4: ["batch", "height", "width", "channels"],
};

/**
 * An input whose dynamic dimensions (negative ones) are bound by a whole shape, by `dimensions` under the names batch,
 * height, width, channels, steps and features, and else, for the first axis, by 1.
 *
 * @param dims undefined where not even the rank is declared
 */
export function boundInput(
  name: string,
  dtype: DType,
  dims: readonly number[] | undefined,
  options: ReadOptions,
): Value {
  const where = `input "${name}"`;
  const given = options.inputShapes?.[name];
  if (given !== undefined && dims !== undefined && given.length !== dims.length) {
    throw new NoemaError("INPUT_SHAPE", {
      where,
      found: `shape ${given.join("×")}`,
      needed: `the model declares ${dims.length} dimensions`,
    });
  }
  const names = axisNames[dims?.length ?? 0] ?? [];
  const shape =
    given ?? dims?.map((d, axis) => (d >= 0 ? d : (options.dimensions?.[names[axis]] ?? (axis === 0 ? 1 : -1))));
  const open = shape?.flatMap((d, axis) => (given === undefined && d < 0 ? [names[axis] ?? `axis ${axis}`] : []));
  if (shape === undefined || open === undefined || open.length > 0) {
    const failure = new NoemaError(options.partial ? "SHAPE_UNKNOWN" : "DIMENSION_UNBOUND", {
      where,
      found: `${open === undefined ? "its shape" : open.join(", ")} is dynamic`,
      needed: "it must be bound when the model is opened",
      remedy: "Give dimensions by these names, or a whole shape for this input.",
    });
    if (!options.partial) throw failure;
    return new Value({ dtype, shape: null, name, failure });
  }
  if (!shape.every((d) => Number.isSafeInteger(d) && d >= 0) || sizeOf(shape) > maxElements) {
    throw new NoemaError("TENSOR_TOO_LARGE", {
      where,
      found: `shape [${shape.join(", ")}]`,
      needed: `whole numbers, at most ${maxElements} elements`,
    });
  }
  return input(name, [...shape], dtype);
}

/** Throws where a shape is given for an input that the model does not have. */
export function refuseUnknownInputs(shapes: ReadOptions["inputShapes"], names: readonly string[]): void {
  for (const name of Object.keys(shapes ?? {})) {
    if (!names.includes(name)) throw unknownName("INPUT_UNKNOWN", "input", name, names);
  }
}
