/** @file Weights of convolutions rearranged for the way back: channels exchanged, taps reversed. */
import { reshape, slice, transpose } from "../../graph/builder.js";
import { constant } from "../../graph/emit.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";

const reversedOf = new WeakMap<Tensor, Map<string, Tensor>>();

/**
 * Weights M×C/group×taps as C×M/group×taps with reversed taps: a convolution with them is the adjoint of one with the
 * original, at stride 1. Constant weights are rearranged once, when a program first needs them.
 */
export function adjointWeights(weights: Value, group: number): Value {
  const tensor = weights.constant;
  if (tensor === null) return adjointOfComputed(weights, group);
  return derived(tensor, `adjoint ${group}`, adjointDims(weights.shape, group), () => rearranged(tensor, group));
}

/** A constant made from another one, made once per content. */
export function derived(from: Tensor, key: string, dims: readonly number[], make: () => Float32Array): Value {
  const cache = reversedOf.get(from) ?? new Map<string, Tensor>();
  reversedOf.set(from, cache);
  const made = cache.get(key) ?? Tensor.lazy("float32", dims, make, { recipe: `${key} ${dims}`, from: [from] });
  cache.set(key, made);
  return constant(made);
}

function adjointDims([m, perGroup, ...taps]: readonly number[], group: number): number[] {
  return [perGroup * group, m / group, ...taps];
}

function adjointOfComputed(weights: Value, group: number): Value {
  const [m, perGroup, ...taps] = weights.shape;
  const axes = taps.map((_, i) => i + 2);
  const reversed = slice(
    weights,
    taps.map(() => -1),
    taps.map((size) => -size - 1),
    axes,
    taps.map(() => -1),
  );
  const grouped = reshape(reversed, [group, m / group, perGroup, ...taps]);
  const swapped = transpose(grouped, [0, 2, 1, ...taps.map((_, i) => i + 3)]);
  return reshape(swapped, adjointDims(weights.shape, group));
}

function rearranged(tensor: Tensor, group: number): Float32Array {
  const [m, perGroup, ...taps] = tensor.dims;
  const from = tensor.passingData as Float32Array;
  const out = new Float32Array(from.length);
  const count = sizeOf(taps);
  const perGroupOut = m / group;
  for (let g = 0; g < group; g++) {
    for (let o = 0; o < perGroupOut; o++) {
      for (let c = 0; c < perGroup; c++) {
        const source = ((g * perGroupOut + o) * perGroup + c) * count;
        const target = ((g * perGroup + c) * perGroupOut + o) * count;
        // Row-major taps reversed along every axis are the flat list reversed.
        for (let t = 0; t < count; t++) out[target + count - 1 - t] = from[source + t];
      }
    }
  }
  return out;
}
