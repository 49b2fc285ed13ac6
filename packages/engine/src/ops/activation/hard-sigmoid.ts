/** @file HardSigmoid: y = max(0, min(1, alpha · x + beta)). */
import { float } from "../../graph/attribute.js";
import { and, greater, less, mul, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const HardSigmoid = defineOp({
  name: "HardSigmoid",
  since: 6,
  attributes: { alpha: float(0.2), beta: float(0.5) },
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g], attributes: { alpha } }) => [
    where(and(greater(y, 0), less(y, 1)), mul(g, alpha), 0),
  ],
  oracle: ([x], { alpha, beta }) => [map(x, (v) => Math.max(0, Math.min(1, alpha * v + beta)))],
  cases: [
    { inputs: [uniform([3, 4], { low: -5, high: 5, awayFrom: [-2.5, 2.5] })] },
    { inputs: [uniform([3, 4], { awayFrom: [-1.2, 0.8] })], attributes: { alpha: 0.5, beta: 0.6 } },
  ],
});
