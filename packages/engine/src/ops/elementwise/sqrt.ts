/** @file Sqrt: y = √x. */
import { div, mul } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Sqrt = defineOp({
  name: "Sqrt",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [div(mul(g, 0.5), y)],
  oracle: ([x]) => [map(x, Math.sqrt)],
  cases: [{ inputs: [uniform([2, 3], { low: 0.3, high: 3 })] }],
});
