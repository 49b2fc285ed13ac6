/** @file Sigmoid: y = 1 / (1 + e⁻ˣ). */
import { mul, sub } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Sigmoid = defineOp({
  name: "Sigmoid",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [mul(g, mul(y, sub(1, y)))],
  oracle: ([x]) => [map(x, (v) => 1 / (1 + Math.exp(-v)))],
  cases: [{ inputs: [uniform([2, 3])] }],
});
