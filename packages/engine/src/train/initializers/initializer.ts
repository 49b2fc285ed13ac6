/** @file Initializer: how the weights of a network are drawn before training; one file of this folder each. */
import { NoemaError } from "../../graph/error.js";
import { maxElements, sizeOf } from "../../graph/tensor.js";
import type { Random } from "../../random.js";

/**
 * Draws an array of a shape, row-major. Two axes are a dense weight, inputs × outputs, as MatMul multiplies by; three and
 * more are those of a convolution, outputs × inputs × kernel, as Conv has them. (ConvTranspose has inputs first: there the
 * fans change places.)
 *
 * @throws NoemaError INITIALIZER_SHAPE where the shape is none, or has no fans and the initializer needs them
 */
export type Initializer = (shape: readonly number[], random: Random) => Float32Array;

export interface Fans {
  /** How many inputs one output is a sum over. */
  readonly fanIn: number;
  /** How many outputs one input goes into, at stride 1. */
  readonly fanOut: number;
}

function refuse(shape: readonly number[], needed: string, remedy?: string): NoemaError {
  return new NoemaError("INITIALIZER_SHAPE", {
    where: "initializer",
    found: `shape [${shape.slice(0, 20).join(", ")}]`,
    needed,
    ...(remedy !== undefined && { remedy }),
  });
}

/** How many numbers an array of this shape has. */
export function checkedSize(shape: readonly number[]): number {
  const size = sizeOf(shape);
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 1) || size > maxElements) {
    throw refuse(shape, `whole numbers of at least 1 are needed, and at most ${maxElements} elements`);
  }
  return size;
}

/** The fans of a weight. In groups, a convolution's outputs are counted over all of them, as other libraries do. */
export function fansOf(shape: readonly number[]): Fans {
  checkedSize(shape);
  if (shape.length < 2) {
    throw refuse(shape, "inputs × outputs or outputs × inputs × kernel is needed", "For biases take zeros.");
  }
  if (shape.length === 2) return { fanIn: shape[0]!, fanOut: shape[1]! };
  const [outputs, inputs, ...kernel] = shape;
  return { fanIn: inputs! * sizeOf(kernel), fanOut: outputs! * sizeOf(kernel) };
}

/** Normally distributed numbers of a variance that follows from the fans. */
export function normalOf(variance: (fans: Fans) => number): Initializer {
  return (shape, random) => {
    const deviation = Math.sqrt(variance(fansOf(shape)));
    return Float32Array.from({ length: sizeOf(shape) }, () => deviation * random.normal());
  };
}

/** Evenly distributed numbers of a variance that follows from the fans. */
export function uniformOf(variance: (fans: Fans) => number): Initializer {
  return (shape, random) => {
    // Even numbers from −r to r have the variance r²/3.
    const reach = Math.sqrt(3 * variance(fansOf(shape)));
    return Float32Array.from({ length: sizeOf(shape) }, () => reach * (2 * random.uniform() - 1));
  };
}
