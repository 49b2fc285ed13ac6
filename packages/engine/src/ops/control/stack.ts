/** @file Arrays of one shape as one array with an axis more, and back: what loops collect, and what they go through. */
import { type Nd, nd } from "../../graph/nd.js";
import { sizeOf } from "../../graph/tensor.js";

/** Joins arrays along a new axis. `whole` is the shape of the result, for when there are no arrays to ask. */
export function stack(arrays: readonly Nd[], axis: number, whole: readonly number[] | null): Nd {
  const dims = [...(arrays[0]?.dims ?? whole?.filter((_, i) => i !== axis) ?? [])];
  const inner = sizeOf(dims.slice(axis));
  const data = new Float64Array(sizeOf(dims) * arrays.length);
  arrays.forEach((array, k) => {
    for (let i = 0; i < array.data.length; i++) {
      data[(Math.floor(i / inner) * arrays.length + k) * inner + (i % inner)] = array.data[i];
    }
  });
  dims.splice(axis, 0, arrays.length);
  return { dims, data };
}

/** The k-th part of an array along an axis, without that axis. */
export function unstacked(x: Nd, axis: number, k: number): Nd {
  const dims = x.dims.filter((_, i) => i !== axis);
  const inner = sizeOf(dims.slice(axis));
  const size = x.dims[axis];
  return nd(
    dims,
    Float64Array.from({ length: sizeOf(dims) }, (_, i) => {
      return x.data[(Math.floor(i / inner) * size + k) * inner + (i % inner)];
    }),
  );
}
