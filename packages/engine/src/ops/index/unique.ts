/** @file Unique: the distinct elements (or slices along an axis), where each is found first, which each one is, how many there are. */
import { int } from "../../graph/attribute.js";
import { type Nd, nd } from "../../graph/nd.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { resolveAxis } from "../axes.js";
import { known } from "../case.js";
import { refuseEmpty } from "../refuse-empty.js";
import { around, gatheredShape } from "./scatter-add.js";
import { typesFromData } from "./types-from-data.js";

interface UniqueAttributes {
  readonly axis: number | undefined;
  readonly sorted: number;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((v, i) => v !== b[i]);
  return at < 0 ? 0 : a[at] - b[at];
}

function unique(x: Nd, { axis, sorted }: UniqueAttributes): [values: Nd, first: Nd, inverse: Nd, counts: Nd] {
  const dims = axis === undefined ? [sizeOf(x.dims)] : x.dims;
  const at = resolveAxis(axis ?? 0, dims.length);
  const [before, along, after] = around(dims, at);
  const slices = Array.from({ length: along }, (_, i) => {
    const slice: number[] = [];
    for (let b = 0; b < before; b++) {
      for (let a = 0; a < after; a++) slice.push(x.data[(b * along + i) * after + a]);
    }
    return slice;
  });
  const groups = new Map<string, number[]>();
  slices.forEach((slice, i) => {
    const key = slice.join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  });
  const order = [...groups.values()];
  if (sorted) order.sort((a, b) => compare(slices[a[0]], slices[b[0]]));
  const inverse = new Float64Array(along);
  order.forEach((group, k) => {
    for (const i of group) inverse[i] = k;
  });
  const shape = gatheredShape(dims, [order.length], at);
  const values = new Float64Array(sizeOf(shape));
  order.forEach(([i], k) => {
    for (let b = 0; b < before; b++) {
      for (let a = 0; a < after; a++) values[(b * order.length + k) * after + a] = slices[i][b * after + a];
    }
  });
  const list = (numbers: readonly number[]) => nd([numbers.length], numbers);
  return [
    nd(shape, values),
    list(order.map(([i]) => i)),
    nd([along], inverse),
    list(order.map((group) => group.length)),
  ];
}

export const Unique = defineOp({
  name: "Unique",
  since: 11,
  attributes: { axis: int(), sorted: int(1) },
  shape: (inputs, attributes, outputCount) => {
    refuseEmpty(inputs);
    const dtypes = [inputs[0].dtype, "int64", "int64", "int64"] as const;
    return typesFromData(inputs, dtypes.slice(0, outputCount), ([x]) => unique(x!, attributes));
  },
  gradient: undifferentiable("which elements are distinct does not change smoothly"),
  oracle: ([x], attributes, types) => unique(x, attributes).slice(0, types.length),
  cases: [
    { inputs: [known([2, 1, 1, 3, 4, 3], [6], "float32")], outputs: 4 },
    { inputs: [known([2, 1, 1, 3, 4, 3], [6], "float32")], attributes: { sorted: 0 }, outputs: 4 },
    { inputs: [known([1, 0, 0, 1, 0, 0, 2, 3, 4], [3, 3], "float32")], attributes: { axis: 0 }, outputs: 4 },
  ],
});
