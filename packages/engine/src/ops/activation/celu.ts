/** @file Celu: y = x where x > 0, alpha · (e^(x/alpha) − 1) elsewhere. */
import { float } from "../../graph/attribute.js";
import { add, div, greater, mul, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Celu = defineOp({
  name: "Celu",
  since: 12,
  attributes: { alpha: float(1) },
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes: { alpha } }) => [
    mul(g, where(greater(x, 0), 1, add(alpha === 1 ? y : div(y, alpha), 1))),
  ],
  oracle: ([x], { alpha }) => [map(x, (v) => (v > 0 ? v : alpha * Math.expm1(v / alpha)))],
  cases: [
    { inputs: [uniform([2, 3], { awayFrom: 0 })] },
    { inputs: [uniform([6], { awayFrom: 0 })], attributes: { alpha: 2 } },
  ],
});
