/** @file LeakyRelu: y = x where x > 0, alpha · x elsewhere. */
import { float } from "../../graph/attribute.js";
import { greater, mul, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const LeakyRelu = defineOp({
  name: "LeakyRelu",
  since: 6,
  attributes: { alpha: float(0.01) },
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g], attributes: { alpha } }) => [where(greater(x, 0), g, mul(g, alpha))],
  oracle: ([x], { alpha }) => [map(x, (v) => (v < 0 ? alpha * v : v))],
  cases: [
    { inputs: [uniform([2, 3], { awayFrom: 0 })] },
    { inputs: [uniform([5], { awayFrom: 0 })], attributes: { alpha: 0.3 } },
  ],
});
