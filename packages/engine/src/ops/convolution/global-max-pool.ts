/** @file GlobalMaxPool: the largest element over all spatial axes. Equal maxima share the gradient evenly. */
import { cast, div, equal, mul, reduceSum } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { overPlanes, pooledShape } from "./global-average-pool.js";

export const GlobalMaxPool = defineOp({
  name: "GlobalMaxPool",
  since: 1,
  shape: ([x]) => [{ dtype: x.dtype, shape: pooledShape(x.shape) }],
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g] }) => {
    const winners = cast(equal(x, y), "float32");
    const axes = x.shape.slice(2).map((_, i) => i + 2);
    return [mul(winners, div(g, reduceSum(winners, axes)))];
  },
  oracle: ([x]) => [overPlanes(x, (plane) => Math.max(...plane))],
  cases: [
    { inputs: [uniform([2, 3, 4, 5], { distinct: true })] },
    { inputs: [uniform([1, 2, 7], { distinct: true })] },
  ],
});
