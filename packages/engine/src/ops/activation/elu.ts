/** @file Elu: y = x where x > 0, alpha · (eˣ − 1) elsewhere. */
import { float } from "../../graph/attribute.js";
import { add, greater, mul, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Elu = defineOp({
  name: "Elu",
  since: 6,
  attributes: { alpha: float(1) },
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes: { alpha } }) => [
    mul(g, where(greater(x, 0), 1, add(y, alpha))),
  ],
  oracle: ([x], { alpha }) => [map(x, (v) => (v > 0 ? v : alpha * Math.expm1(v)))],
  cases: [
    { inputs: [uniform([2, 3], { awayFrom: 0 })] },
    { inputs: [uniform([6], { awayFrom: 0 })], attributes: { alpha: 0.3 } },
  ],
});
