/** @file ThresholdedRelu: y = x where x > alpha, 0 elsewhere. */
import { float } from "../../graph/attribute.js";
import { greater, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const ThresholdedRelu = defineOp({
  name: "ThresholdedRelu",
  since: 10,
  attributes: { alpha: float(1) },
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g], attributes: { alpha } }) => [where(greater(x, alpha), g, 0)],
  oracle: ([x], { alpha }) => [map(x, (v) => (v > alpha ? v : 0))],
  cases: [
    { inputs: [uniform([2, 3], { awayFrom: 1 })] },
    { inputs: [uniform([6], { awayFrom: -0.5 })], attributes: { alpha: -0.5 } },
  ],
});
