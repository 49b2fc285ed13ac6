/** @file ScatterElements: a copy of data in which elements at indices along an axis are replaced by, or combined with, updates. */
import { int, string } from "../../graph/attribute.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, forEachIndex, nd, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { fed, known, uniform } from "../case.js";
import { checkIndices, fromStart } from "./indices.js";
import { combinationOf, scatterGradient } from "./scatter-reduction.js";

const positions = [2, 0, 1, 1, 0, 0];

export const ScatterElements = defineOp({
  name: "ScatterElements",
  since: 18,
  attributes: { axis: int(0), reduction: string("none") },
  shape: ([data, indices, updates], { axis, reduction }) => {
    combinationOf(reduction);
    checkIndices(indices, data.shape[resolveAxis(axis, data.rank)]);
    if (indices.rank !== data.rank || indices.shape.join() !== updates.shape.join()) {
      throw new NoemaError("SHAPES_DIFFER", {
        found: `indices of shape [${indices.shape.join(", ")}] and updates of shape [${updates.shape.join(", ")}]`,
        needed: `they must be equal, with the ${data.rank} axes of data`,
      });
    }
    return [{ dtype: data.dtype, shape: data.shape }];
  },
  gradient: ({ inputs: [data, indices, updates], outputs: [y], outputGradients: [g], attributes }) => {
    const { axis, reduction } = attributes;
    const [toData, toUpdates] = scatterGradient({
      data,
      updates,
      y,
      g,
      reduction,
      take: (x) => emit("GatherElements", [x, indices], { axis })[0],
      put: (base, values, how) => emit("ScatterElements", [base, indices, values], { axis, reduction: how })[0],
    });
    return [toData, null, toUpdates];
  },
  oracle: ([data, indices, updates], attributes) => {
    const axis = resolveAxis(attributes.axis, data.dims.length);
    const combine = combinationOf(attributes.reduction);
    const out = data.data.slice();
    const strides = stridesOf(data.dims);
    forEachIndex(indices.dims, (index, flat) => {
      const to = [...index];
      to[axis] = fromStart(indices.data[flat], data.dims[axis]);
      const at = flatIndex(to, strides);
      out[at] = combine(out[at], updates.data[flat]);
    });
    return [nd(data.dims, out)];
  },
  cases: [
    { inputs: [uniform([3, 3]), known([1, 0, 2, 0, 2, 1], [2, 3]), uniform([2, 3])] },
    { inputs: [uniform([2, 4]), known([3, -3, 0, 2], [2, 2]), uniform([2, 2])], attributes: { axis: 1 } },
    { inputs: [uniform([3, 3]), fed(positions, [3, 2]), uniform([3, 2])], attributes: { axis: 1, reduction: "add" } },
    { inputs: [uniform([3, 3]), fed(positions, [3, 2]), uniform([3, 2])], attributes: { axis: 0, reduction: "mul" } },
    {
      inputs: [uniform([2]), known([0, 0, 1, 1, 1]), known([0, 3, 0, 2, 0], [5], "float32")],
      attributes: { reduction: "mul" },
      note: "products with zeros",
    },
    {
      inputs: [uniform([4], { distinct: true }), known([0, 0, 1, 3]), uniform([4], { low: -1.95, distinct: true })],
      attributes: { reduction: "max" },
    },
    {
      inputs: [uniform([4], { distinct: true }), known([0, 0, 1, 3]), uniform([4], { low: -1.95, distinct: true })],
      attributes: { reduction: "min" },
    },
  ],
});
