/** @file Mish: y = x · tanh(ln(1 + eˣ)). */
import { add, mul, sigmoid, softplus, sub, tanh } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Mish = defineOp({
  name: "Mish",
  since: 18,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => {
    const gate = tanh(softplus(x));
    return [mul(g, add(gate, mul(mul(x, sigmoid(x)), sub(1, mul(gate, gate)))))];
  },
  oracle: ([x]) => [map(x, (v) => v * Math.tanh(Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)))))],
  cases: [{ inputs: [uniform([2, 3], { low: -4, high: 4 })] }],
});
