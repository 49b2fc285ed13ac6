/** @file NonZero: the positions of all elements that are not 0, one column each. */
import { forEachIndex, type Nd, nd } from "../../graph/nd.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { known } from "../case.js";
import { typesFromData } from "./types-from-data.js";

function positions(x: Nd): Nd {
  const found: number[][] = [];
  forEachIndex(x.dims, (index, flat) => {
    if (x.data[flat] !== 0) found.push([...index]);
  });
  const rank = x.dims.length;
  const out = new Float64Array(rank * found.length);
  found.forEach((index, column) => {
    for (let i = 0; i < rank; i++) out[i * found.length + column] = index[i];
  });
  return nd([rank, found.length], out);
}

export const NonZero = defineOp({
  name: "NonZero",
  since: 13,
  shape: (inputs) => typesFromData(inputs, ["int64"], ([x]) => [positions(x!)]),
  gradient: undifferentiable("positions do not change smoothly"),
  oracle: ([x]) => [positions(x)],
  cases: [{ inputs: [known([0, 2, 0, -1, 1, 0], [2, 3], "float32")] }, { inputs: [known([1, 0, 1], [3], "bool")] }],
});
