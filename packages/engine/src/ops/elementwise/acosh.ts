/** @file Acosh: y = arcosh x. */
import { div, mul, sqrt, sub } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Acosh = defineOp({
  name: "Acosh",
  since: 9,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [div(g, sqrt(sub(mul(x, x), 1)))],
  oracle: ([x]) => [map(x, Math.acosh)],
  cases: [{ inputs: [uniform([2, 3], { low: 1.5, high: 4 })] }],
});
