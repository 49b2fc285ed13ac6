/** @file TopK: the k largest (or smallest) elements along an axis, and where they are. */
import { int } from "../../graph/attribute.js";
import { zeros } from "../../graph/builder.js";
import { emit, intsValue, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { ndZeros } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { known, uniform } from "../case.js";
import { refuseEmpty } from "../refuse-empty.js";
import { around } from "./scatter-add.js";
import { typesWithoutShapes } from "./types-from-data.js";

export const TopK = defineOp({
  name: "TopK",
  since: 11,
  attributes: { axis: int(-1), largest: int(1), sorted: int(1) },
  shape: ([x, k], attributes) => {
    refuseEmpty([x]);
    const axis = resolveAxis(attributes.axis, x.rank);
    if (k.constant === null) return typesWithoutShapes([x.dtype, "int64"], "k is only known while running");
    const [count] = knownNumbers(k, "k");
    if (!(count >= 0 && count <= x.shape[axis])) {
      throw new NoemaError("TOPK_COUNT", { found: `k is ${count}`, needed: `the axis has ${x.shape[axis]} elements` });
    }
    const shape = x.shape.map((d, i) => (i === axis ? count : d));
    return [
      { dtype: x.dtype, shape },
      { dtype: "int64", shape },
    ];
  },
  gradient: ({ inputs: [x], outputs: [, indices], outputGradients: [g], attributes: { axis } }) =>
    emit("ScatterElements", [zeros(x.shape), indices, g], { axis }),
  oracle: ([x, count], attributes) => {
    const axis = resolveAxis(attributes.axis, x.dims.length);
    const [before, along, after] = around(x.dims, axis);
    const sign = attributes.largest ? 1 : -1;
    const [k] = count.data;
    const shape = x.dims.map((d, i) => (i === axis ? k : d));
    const [values, indices] = [ndZeros(shape), ndZeros(shape)];
    for (let b = 0; b < before; b++) {
      for (let a = 0; a < after; a++) {
        const at = (i: number) => x.data[(b * along + i) * after + a];
        // Among equals the first wins.
        const order = Array.from({ length: along }, (_, i) => i).sort((i, j) => sign * (at(j) - at(i)) || i - j);
        for (let i = 0; i < k; i++) {
          values.data[(b * k + i) * after + a] = at(order[i]);
          indices.data[(b * k + i) * after + a] = order[i];
        }
      }
    }
    return [values, indices];
  },
  import: ({ opset, inputs, attributes }) => {
    if (opset >= 10) return undefined;
    return emit("TopK", [inputs[0], intsValue([Number(attributes.k)])], { axis: attributes.axis }, { outputs: 2 });
  },
  cases: [
    { inputs: [uniform([2, 5], { distinct: true }), known([3])], outputs: 2 },
    { inputs: [uniform([4, 3], { distinct: true }), known([2])], attributes: { axis: 0, largest: 0 }, outputs: 2 },
  ],
});
