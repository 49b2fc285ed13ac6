/** @file Softplus: y = ln(1 + eˣ). */
import { mul, sigmoid } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Softplus = defineOp({
  name: "Softplus",
  since: 1,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [mul(g, sigmoid(x))],
  oracle: ([x]) => [map(x, (v) => Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))))],
  cases: [
    { inputs: [uniform([2, 3])] },
    { inputs: [uniform([4], { low: -200, high: 200 })], note: "past the range of eˣ" },
  ],
});
