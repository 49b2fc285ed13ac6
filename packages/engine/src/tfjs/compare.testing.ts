/** @file What the tests of tfjs models compare with: seeded numbers, relative errors, the signature of a whole model. */
import type { Model } from "../graph/model.js";
import { Tensor } from "../graph/tensor.js";
import type { Value } from "../graph/value.js";
import type { Signature } from "../graph/write-model.js";

/** Numbers in 0..1 that depend on the seed alone (Park and Miller 1988). */
export function seeded(seed: number): () => number {
  let state = seed % 2147483647 || 1;
  for (let i = 0; i < 8; i++) state = (state * 48271) % 2147483647;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** Elements for an input: floats in 0..1, whole numbers in 0..`high`. */
export function drawn(value: Value, random: () => number, high = 255): Tensor {
  const numbers = Float64Array.from({ length: value.size }, () =>
    value.dtype === "float32" ? random() : Math.floor(high * random()),
  );
  return Tensor.ofNumbers(value.dtype, value.shape, numbers);
}

/** ‖found − wanted‖ / ‖wanted‖, or the norm of what was found where nothing was wanted. */
export function relativeError(found: ArrayLike<number | bigint>, wanted: ArrayLike<number | bigint>): number {
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < wanted.length; i++) {
    difference += (Number(found[i]) - Number(wanted[i])) ** 2;
    norm += Number(wanted[i]) ** 2;
  }
  return Math.sqrt(difference) / (norm > 0 ? Math.sqrt(norm) : 1);
}

/** All inputs of a model to all its outputs. */
export function wholeSignature(model: Model): Signature {
  return {
    inputs: Object.fromEntries(model.inputs.map((value) => [value.name, value])),
    outputs: Object.fromEntries(model.outputs.map(({ name, value }) => [name, value])),
  };
}
