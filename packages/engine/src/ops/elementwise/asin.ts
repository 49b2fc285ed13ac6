/** @file Asin: y = arcsin x. */
import { div, mul, sqrt, sub } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Asin = defineOp({
  name: "Asin",
  since: 7,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [div(g, sqrt(sub(1, mul(x, x))))],
  oracle: ([x]) => [map(x, Math.asin)],
  cases: [{ inputs: [uniform([2, 3], { low: -0.8, high: 0.8 })] }],
});
