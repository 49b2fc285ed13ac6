/** @file Atanh: y = artanh x. */
import { div, mul, sub } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Atanh = defineOp({
  name: "Atanh",
  since: 9,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [div(g, sub(1, mul(x, x)))],
  oracle: ([x]) => [map(x, Math.atanh)],
  cases: [{ inputs: [uniform([2, 3], { low: -0.8, high: 0.8 })] }],
});
