/** @file MaxUnpool: puts each element back to where MaxPool found it, zeros elsewhere. */
import { ints } from "../../graph/attribute.js";
import { reshape } from "../../graph/builder.js";
import { emit, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { ndZeros } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { fed, known, uniform } from "../case.js";
import { perAxis } from "./window.js";

export const MaxUnpool = defineOp({
  name: "MaxUnpool",
  since: 11,
  attributes: { kernel_shape: ints.required(), pads: ints(), strides: ints() },
  shape: ([x, indices, size], { kernel_shape, pads, strides }) => {
    if (indices.shape.join() !== x.shape.join()) {
      throw new NoemaError("SHAPES_DIFFER", { found: `indices [${indices.shape}]`, needed: `those of [${x.shape}]` });
    }
    if (size) return [{ dtype: x.dtype, shape: knownNumbers(size, "output_shape") }];
    const count = x.rank - 2;
    const [stride, pad] = [perAxis(strides, count, 1, "strides"), perAxis(pads, 2 * count, 0, "pads")];
    const spatial = x.shape.slice(2).map((d, i) => (d - 1) * stride[i] + kernel_shape[i] - pad[i] - pad[i + count]);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...spatial] }];
  },
  gradient: ({ inputs: [x, indices], outputGradients: [g] }) => [
    reshape(emit("Gather", [reshape(g, [g.size]), reshape(indices, [x.size])], { axis: 0 })[0], x.shape),
    null,
  ],
  oracle: ([x, indices], _, [{ shape }]) => {
    const y = ndZeros(shape);
    for (let i = 0; i < sizeOf(x.dims); i++) y.data[indices.data[i]] = x.data[i];
    return [y];
  },
  cases: [
    {
      inputs: [uniform([1, 1, 2, 2]), fed([5, 7, 13, 15], [1, 1, 2, 2])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    },
    {
      inputs: [uniform([1, 1, 2, 2]), fed([6, 8, 16, 18], [1, 1, 2, 2]), known([1, 1, 5, 5])],
      attributes: { kernel_shape: [2, 2], strides: [2, 2] },
    },
  ],
});
