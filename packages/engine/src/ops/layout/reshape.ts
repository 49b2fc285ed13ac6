/** @file Reshape: the same elements with other dimensions; 0 keeps a dimension, −1 is what remains. */
import { int } from "../../graph/attribute.js";
import { reshape } from "../../graph/builder.js";
import { knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { known, uniform } from "../case.js";

function reshaped(dims: readonly number[], wanted: readonly number[], allowzero: number): number[] {
  const refuse = (needed: string) =>
    new NoemaError("RESHAPE_SIZE", { found: `shape [${dims.join(", ")}] to [${wanted.join(", ")}]`, needed });
  const shape = wanted.map((d, i) => {
    if (d !== 0 || allowzero) return d;
    if (i >= dims.length) throw refuse(`the 0 at ${i} has no dimension to keep`);
    return dims[i];
  });
  const open = shape.indexOf(-1);
  if (shape.some((d, i) => d < 0 && i !== open)) throw refuse("one −1 at most, and no other negative number");
  const size = sizeOf(dims);
  if (open >= 0) {
    const others = shape.reduce((product, d, i) => (i === open ? product : product * d), 1);
    if (others === 0) throw refuse("a −1 beside a 0 could be anything");
    shape[open] = size / others;
  }
  if (sizeOf(shape) !== size || !shape.every(Number.isInteger))
    throw refuse(`the number of elements, ${size}, must stay`);
  return shape;
}

export const Reshape = defineOp({
  name: "Reshape",
  since: 14,
  attributes: { allowzero: int(0) },
  shape: ([x, shape], { allowzero }) => [
    { dtype: x.dtype, shape: reshaped(x.shape, knownNumbers(shape, "the new shape"), allowzero) },
  ],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [reshape(g, x.shape)],
  oracle: ([x, shape], { allowzero }) => [{ dims: reshaped(x.dims, [...shape.data], allowzero), data: x.data }],
  cases: [
    { inputs: [uniform([2, 3, 4]), known([4, 6])] },
    { inputs: [uniform([2, 3, 4]), known([0, -1])], note: "0 keeps, -1 infers" },
    { inputs: [uniform([2, 3, 1]), known([1, -1, 0])], note: "0 keeps its own position" },
    { inputs: [uniform([1]), known([], [0])], note: "to a scalar" },
    { inputs: [uniform([0, 3]), known([3, 0])], attributes: { allowzero: 1 }, note: "empty" },
  ],
});
