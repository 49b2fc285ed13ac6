/** @file HardSwish: y = x · max(0, min(1, x/6 + 1/2)). */
import { add, greater, less, mul, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const HardSwish = defineOp({
  name: "HardSwish",
  since: 14,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [
    mul(g, where(less(x, 3), where(greater(x, -3), add(mul(x, 1 / 3), 0.5), 0), 1)),
  ],
  oracle: ([x]) => [map(x, (v) => v * Math.max(0, Math.min(1, v / 6 + 0.5)))],
  cases: [{ inputs: [uniform([3, 4], { low: -5, high: 5, awayFrom: [-3, 3] })] }],
});
