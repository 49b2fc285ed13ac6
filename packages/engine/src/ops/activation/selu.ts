/** @file Selu: y = gamma · x where x > 0, gamma · alpha · (eˣ − 1) elsewhere. */
import { float } from "../../graph/attribute.js";
import { add, greater, mul, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Selu = defineOp({
  name: "Selu",
  since: 6,
  // The fixed point of Klambauer et al. 2017, with the digits of the ONNX standard.
  attributes: { alpha: float(1.6732631921768188), gamma: float(1.0507010221481323) },
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes: { alpha, gamma } }) => [
    mul(g, where(greater(x, 0), gamma, add(y, gamma * alpha))),
  ],
  oracle: ([x], { alpha, gamma }) => [map(x, (v) => gamma * (v > 0 ? v : alpha * Math.expm1(v)))],
  cases: [
    { inputs: [uniform([2, 3], { awayFrom: 0 })] },
    { inputs: [uniform([6], { awayFrom: 0 })], attributes: { alpha: 0.5, gamma: 2 } },
  ],
});
