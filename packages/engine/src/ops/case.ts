/** @file How test cases of operators draw their inputs: safe domains, seeded. */
import type { DType } from "../graph/dtype.js";
import type { CaseInput } from "../graph/op.js";
import { sizeOf } from "../graph/tensor.js";

export interface UniformOptions {
  readonly low?: number;
  readonly high?: number;
  /** Points to stay away from, where the operator has kinks or jumps. */
  readonly awayFrom?: number | readonly number[];
  /** How far to stay away, and how far apart `distinct` values are. Default 0.1. */
  readonly margin?: number;
  /** All values differ from each other by the margin, so that no maximum is tied. */
  readonly distinct?: boolean;
  /** Known when the graph is built (a weight), rather than fed. */
  readonly constant?: boolean;
}

/** Floats drawn evenly from low … high (default −2 … 2), away from kinks. */
export function uniform(dims: readonly number[], options: UniformOptions = {}): CaseInput {
  const { low = -2, high = 2, margin = 0.1, distinct = false, constant = false } = options;
  const kinks = options.awayFrom === undefined ? [] : [options.awayFrom].flat();
  const draw = (random: () => number) => {
    const size = sizeOf(dims);
    const next = () => {
      for (;;) {
        const v = low + (high - low) * random();
        if (kinks.every((k) => Math.abs(v - k) >= margin)) return v;
      }
    };
    if (!distinct) return Float64Array.from({ length: size }, next);
    // Shuffled steps of one margin, around the middle of the range.
    const steps = Float64Array.from({ length: size }, (_, i) => (low + high) / 2 + (i - size / 2 + 0.25) * margin);
    for (let i = size - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [steps[i], steps[j]] = [steps[j], steps[i]];
    }
    return steps;
  };
  return { dtype: "float32", dims, constant, draw };
}

/** Given numbers, known when the graph is built: shapes, axes, indices. */
export function known(
  values: readonly number[],
  dims: readonly number[] = [values.length],
  dtype: DType = "int64",
): CaseInput {
  return { dtype, dims, constant: true, draw: () => Float64Array.from(values) };
}

/** Given numbers that are fed when the program runs. */
export function fed(
  values: readonly number[],
  dims: readonly number[] = [values.length],
  dtype: DType = "int64",
): CaseInput {
  return { dtype, dims, constant: false, draw: () => Float64Array.from(values) };
}

/** Given floats that are known when the graph is built, and that nothing is differentiated by: scales, regions, ratios. */
export function fixed(values: readonly number[], dims: readonly number[] = [values.length]): CaseInput {
  return { ...known(values, dims, "float32"), fixed: true };
}
