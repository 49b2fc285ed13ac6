/** @file Gradient clipping, as graphs: no step is longer than it may be. */
import { clip, div, mul, sqrt } from "../graph/builder.js";
import { emit, scalar } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import type { Value } from "../graph/value.js";

export interface ClippedGradients {
  /** One per gradient that was given, of its shape. */
  readonly clipped: readonly Value[];
  /** The length of all gradients together before they were clipped: a scalar. */
  readonly norm: Value;
}

/**
 * Shortens all gradients together to the length `most`, keeping their direction (Pascanu et al. 2013, "On the difficulty of
 * training recurrent neural networks", algorithm 1). Shorter ones stay bit by bit as they are. NaN and infinity are not
 * hidden: they show in `norm`.
 *
 * @param most above 0
 * @throws NoemaError GRADIENT_CLIP
 */
export function clipByGlobalNorm(gradients: readonly Value[], most: number): ClippedGradients {
  check("clipByGlobalNorm", gradients, most);
  const norm = globalNorm(gradients);
  // most / most is 1, exactly.
  const factor = div(scalar(most), emit("Max", [norm, scalar(most)])[0]!);
  return { clipped: gradients.map((gradient) => mul(gradient, factor)), norm };
}

/**
 * Brings each number of each gradient into −most … most, which may turn their direction. What becomes of NaN depends on ONNX
 * Runtime: look at `norm`, which shows it.
 *
 * @param most above 0
 * @throws NoemaError GRADIENT_CLIP
 */
export function clipByValue(gradients: readonly Value[], most: number): ClippedGradients {
  check("clipByValue", gradients, most);
  return { clipped: gradients.map((gradient) => clip(gradient, -most, most)), norm: globalNorm(gradients) };
}

function globalNorm(gradients: readonly Value[]): Value {
  const squares = gradients.map((gradient) => emit("ReduceSumSquare", [gradient], { keepdims: 0 })[0]!);
  return sqrt(emit("Sum", squares)[0]!);
}

function check(where: string, gradients: readonly Value[], most: number): void {
  const refuse = (found: string, needed: string) => new NoemaError("GRADIENT_CLIP", { where, found, needed });
  if (gradients.length === 0) throw refuse("no gradients", "at least one is needed");
  const odd = gradients.find(({ dtype }) => dtype !== "float32");
  if (odd !== undefined) throw refuse(`a gradient of ${odd.dtype}`, "float32 is needed");
  // What float32 rounds to 0 or to infinity is no length either.
  const rounded = Math.fround(most);
  if (!(rounded > 0 && rounded < Number.POSITIVE_INFINITY)) {
    throw refuse(`a limit of ${most}`, "a number above 0 is needed");
  }
}
