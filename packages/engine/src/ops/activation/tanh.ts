/** @file Tanh: y = tanh x. */
import { mul, sub } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Tanh = defineOp({
  name: "Tanh",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [mul(g, sub(1, mul(y, y)))],
  oracle: ([x]) => [map(x, Math.tanh)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
