/** @file Concat: the inputs one after another along an axis. */
import { int } from "../../graph/attribute.js";
import { slice, split } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { forEachIndex, ndZeros } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import type { Value, ValueType } from "../../graph/value.js";
import { throughJoinedRelus } from "../activation/through-relu.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";

function joined(values: readonly Value[], axisGiven: number): ValueType {
  const [first] = values;
  const axis = resolveAxis(axisGiven, first.rank);
  for (const v of values) {
    const fits = v.rank === first.rank && v.shape.every((d, i) => i === axis || d === first.shape[i]);
    if (!fits || v.dtype !== first.dtype) {
      throw new NoemaError("SHAPES_DIFFER", {
        found: `inputs ${values
          .slice(0, 8)
          .map((w) => `${w.dtype}[${w.shape.join(", ")}]`)
          .join(" and ")}`,
        needed: `they must agree in all but axis ${axis}`,
      });
    }
  }
  const total = values.reduce((sum, v) => sum + v.shape[axis], 0);
  return { dtype: first.dtype, shape: first.shape.map((d, i) => (i === axis ? total : d)) };
}

export const Concat = defineOp({
  name: "Concat",
  since: 13,
  attributes: { axis: int.required() },
  shape: (inputs, { axis }) => [joined(inputs, axis)],
  gradient: ({ inputs, outputs: [y], outputGradients: [g], attributes, wanted, isOnlyFor }) => {
    const axis = resolveAxis(attributes.axis, g.rank);
    const sizes = inputs.map((x) => x.shape[axis]);
    if (wanted.every(Boolean)) {
      const areRelus = new Set(inputs).size === inputs.length && inputs.every((x) => isOnlyFor(x, "Relu"));
      return areRelus ? throughJoinedRelus(g, y, inputs, axis) : split(g, sizes, axis);
    }
    let end = 0;
    return sizes.map((size, i) => {
      end += size;
      return wanted[i] ? slice(g, [end - size], [end], [axis]) : null;
    });
  },
  oracle: (inputs, attributes) => {
    const axis = resolveAxis(attributes.axis, inputs[0].dims.length);
    const total = inputs.reduce((sum, x) => sum + x.dims[axis], 0);
    const y = ndZeros(inputs[0].dims.map((d, i) => (i === axis ? total : d)));
    const inner = y.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
    let begin = 0;
    for (const x of inputs) {
      const run = x.dims[axis] * inner;
      forEachIndex(x.dims.slice(0, axis), (_, row) => {
        y.data.set(x.data.subarray(row * run, (row + 1) * run), (row * total + begin) * inner);
      });
      begin += x.dims[axis];
    }
    return [y];
  },
  cases: [
    { inputs: [uniform([2, 3]), uniform([2, 1])], attributes: { axis: 1 } },
    { inputs: [uniform([2, 3]), uniform([1, 3]), uniform([3, 3])], attributes: { axis: -2 } },
    { inputs: [uniform([1, 2, 2]), uniform([1, 1, 2], { constant: true })], attributes: { axis: 1 } },
    { inputs: [uniform([2, 0]), uniform([2, 2])], attributes: { axis: 1 }, note: "one is empty" },
    { inputs: [uniform([3])], attributes: { axis: 0 }, note: "one only" },
  ],
});
