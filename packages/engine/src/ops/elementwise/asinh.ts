/** @file Asinh: y = arsinh x. */
import { add, div, mul, sqrt } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Asinh = defineOp({
  name: "Asinh",
  since: 9,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [div(g, sqrt(add(mul(x, x), 1)))],
  oracle: ([x]) => [map(x, Math.asinh)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
