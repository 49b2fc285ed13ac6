/** @file ReduceProd: y = Π x over axes. */
import { concat, full, mul, reshape, split, transpose } from "../../graph/builder.js";
import { defineOp, expansion } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { known, uniform } from "../case.js";
import {
  axesAsInput,
  type ReduceAttributes,
  reduceAttributes,
  reducedAxes,
  reduceNd,
  reduceShape,
} from "./reduction.js";

/**
 * The product by halves: log₂ n multiplications of whole arrays. Unlike y / x, its gradient is right where elements are
 * zero, and so are the gradients of that.
 */
function productByHalves(x: Value, axes: readonly number[]): Value {
  const kept = [...x.shape.keys()].filter((i) => !axes.includes(i));
  const dims = kept.map((i) => x.shape[i]);
  let size = axes.reduce((n, i) => n * x.shape[i], 1);
  const last = kept.length;
  let rest = reshape(transpose(x, [...kept, ...axes]), [...dims, size]);
  if (size === 0) return full([...dims, 1], 1);
  for (; size > 1; size = Math.ceil(size / 2)) {
    if (size % 2 === 1) rest = concat([rest, full([...dims, 1], 1)], last);
    const half = Math.ceil(size / 2);
    const [low, high] = split(rest, [half, half], last);
    rest = mul(low, high);
  }
  return rest;
}

export const ReduceProd = defineOp({
  name: "ReduceProd",
  since: 18,
  attributes: reduceAttributes,
  shape: reduceShape,
  gradient: expansion((inputs, attributes: ReduceAttributes) => [
    reshape(productByHalves(inputs[0], reducedAxes(inputs, attributes)), reduceShape(inputs, attributes)[0].shape),
  ]),
  oracle: (inputs, attributes) => reduceNd(inputs, attributes, (values) => values.reduce((a, b) => a * b, 1)),
  import: axesAsInput("ReduceProd", 18),
  cases: [
    { inputs: [uniform([2, 3, 2]), known([1])] },
    { inputs: [uniform([3, 2, 3]), known([0, -1])], attributes: { keepdims: 0 } },
    { inputs: [uniform([2, 3]), known([])], attributes: { noop_with_empty_axes: 1 } },
    {
      inputs: [known([0, 2, 3, 0, -1, 0, 4, 1, 2], [3, 3], "float32"), known([1])],
      note: "with one zero, two, and none",
    },
  ],
});
