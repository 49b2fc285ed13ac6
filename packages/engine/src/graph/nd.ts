/** @file Nd: arrays in double precision, the language of oracles. Slow and plain: they are what fast code is checked against. */
import { sizeOf } from "./tensor.js";

/** A row-major array of doubles. Integers and booleans are numbers here too. */
export interface Nd {
  readonly dims: readonly number[];
  readonly data: Float64Array;
}

/** An array from numbers. */
export function nd(dims: readonly number[], data: ArrayLike<number>): Nd {
  return { dims, data: data instanceof Float64Array ? data : Float64Array.from(data) };
}

/** An array of zeros. */
export function ndZeros(dims: readonly number[]): Nd {
  return { dims, data: new Float64Array(sizeOf(dims)) };
}

/** Applies f to every element. */
export function map(x: Nd, f: (v: number, i: number) => number): Nd {
  return { dims: x.dims, data: x.data.map(f) };
}

/** Row-major strides, in elements. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = new Array<number>(dims.length).fill(1);
  for (let i = dims.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * dims[i + 1]!;
  return strides;
}

/** Calls f once per index of an array with these dimensions, in row-major order. The index array is reused. */
export function forEachIndex(dims: readonly number[], f: (index: readonly number[], flat: number) => void): void {
  const size = sizeOf(dims);
  const index = new Array<number>(dims.length).fill(0);
  for (let flat = 0; flat < size; flat++) {
    f(index, flat);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      if (++index[axis]! < dims[axis]!) break;
      index[axis] = 0;
    }
  }
}

/** Flat position of an index, given strides. */
export function flatIndex(index: readonly number[], strides: readonly number[]): number {
  let flat = 0;
  for (let i = 0; i < strides.length; i++) flat += index[i]! * strides[i]!;
  return flat;
}

/** Builds an array by computing each element from its index. */
export function fromIndex(dims: readonly number[], f: (index: readonly number[]) => number): Nd {
  const out = ndZeros(dims);
  forEachIndex(dims, (index, flat) => {
    out.data[flat] = f(index);
  });
  return out;
}

/** Applies f elementwise over arrays broadcast against each other (numpy's rules). */
export function zip(arrays: readonly Nd[], f: (...values: number[]) => number): Nd {
  const dims = broadcastDims(arrays.map((a) => a.dims));
  const strides = arrays.map((a) => broadcastStrides(a.dims, dims));
  const values = new Array<number>(arrays.length);
  return fromIndex(dims, (index) => {
    for (let k = 0; k < arrays.length; k++) values[k] = arrays[k]!.data[flatIndex(index, strides[k]!)]!;
    return f(...values);
  });
}

/** Strides that read an array of dimensions `from` as if it had dimensions `to` (0 where it is repeated). */
export function broadcastStrides(from: readonly number[], to: readonly number[]): number[] {
  const own = stridesOf(from);
  const lead = to.length - from.length;
  return to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : own[i - lead]!));
}

/** Dimensions of arrays broadcast against each other, or undefined where they do not fit. */
export function tryBroadcast(shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(0, ...shapes.map((s) => s.length));
  const dims = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const at = rank - shape.length + i;
      if (shape[i] === 1 || shape[i] === dims[at]) continue;
      if (dims[at] !== 1) return undefined;
      dims[at] = shape[i]!;
    }
  }
  return dims;
}

function broadcastDims(shapes: readonly (readonly number[])[]): number[] {
  const dims = tryBroadcast(shapes);
  if (dims === undefined) throw new RangeError(`shapes do not broadcast: ${shapes.map((s) => `[${s}]`).join(" ")}`);
  return dims;
}
