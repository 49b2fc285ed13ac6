/** @file GlobalAveragePool: the mean over all spatial axes. */
import { expand, mul } from "../../graph/builder.js";
import { type Nd, nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { uniform } from "../case.js";

export const GlobalAveragePool = defineOp({
  name: "GlobalAveragePool",
  since: 1,
  shape: ([x]) => [{ dtype: x.dtype, shape: pooledShape(x.shape) }],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [expand(mul(g, 1 / sizeOf(x.shape.slice(2))), x.shape)],
  oracle: ([x]) => [overPlanes(x, (plane) => plane.reduce((a, b) => a + b, 0) / plane.length)],
  cases: [{ inputs: [uniform([2, 3, 4, 5])] }, { inputs: [uniform([1, 2, 7])], note: "1-D" }],
});

/** The shape that global pools leave: every spatial axis of size 1. */
export function pooledShape(shape: readonly number[]): number[] {
  return shape.map((d, i) => (i < 2 ? d : 1));
}

/** Applies f to every channel's plane. */
export function overPlanes(x: Nd, f: (plane: Float64Array) => number): Nd {
  const size = sizeOf(x.dims.slice(2));
  const count = x.dims[0] * x.dims[1];
  const planes = Array.from({ length: count }, (_, i) => f(x.data.subarray(i * size, (i + 1) * size)));
  return nd(pooledShape(x.dims), planes);
}
