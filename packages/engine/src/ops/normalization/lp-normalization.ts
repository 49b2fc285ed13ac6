/** @file LpNormalization: y = x / ‖x‖ along an axis, with the sum of magnitudes (p = 1) or the length (p = 2) as norm; 0 stays 0. */
import { int } from "../../graph/attribute.js";
import { div, equal, mul, reduceSum, sign, sub, where } from "../../graph/builder.js";
import { emit, intsValue } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, forEachIndex, ndZeros, stridesOf, zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";

export const LpNormalization = defineOp({
  name: "LpNormalization",
  since: 1,
  attributes: { axis: int(-1), p: int(2) },
  shape: ([x], { axis, p }) => {
    resolveAxis(axis, x.rank);
    if (p !== 1 && p !== 2) throw new NoemaError("ATTRIBUTE_VALUE", { found: `p is ${p}`, needed: "1 or 2" });
    return [x];
  },
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes }) => {
    const axes = [resolveAxis(attributes.axis, x.rank)];
    const [norm] = emit(attributes.p === 1 ? "ReduceL1" : "ReduceL2", [x, intsValue(axes)]);
    const along = reduceSum(mul(g, y), axes);
    const part = sub(g, mul(attributes.p === 1 ? sign(x) : y, along));
    const none = equal(norm, 0);
    return [where(none, 0, div(part, where(none, 1, norm)))];
  },
  oracle: ([x], attributes) => {
    const axis = resolveAxis(attributes.axis, x.dims.length);
    const norms = ndZeros(x.dims.map((d, i) => (i === axis ? 1 : d)));
    const strides = stridesOf(norms.dims).map((s, i) => (i === axis ? 0 : s));
    forEachIndex(x.dims, (index, flat) => {
      norms.data[flatIndex(index, strides)] += attributes.p === 1 ? Math.abs(x.data[flat]) : x.data[flat] ** 2;
    });
    return [zip([x, norms], (v, sum) => (sum === 0 ? 0 : v / (attributes.p === 1 ? sum : Math.sqrt(sum))))];
  },
  cases: [
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([2, 3, 2], { awayFrom: 0 })], attributes: { axis: 1, p: 1 } },
    { inputs: [uniform([3, 2])], attributes: { axis: 0 } },
  ],
});
