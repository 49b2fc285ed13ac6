/** @file Reciprocal: y = 1 / x. */
import { mul, neg } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Reciprocal = defineOp({
  name: "Reciprocal",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [neg(mul(g, mul(y, y)))],
  oracle: ([x]) => [map(x, (v) => 1 / v)],
  cases: [{ inputs: [uniform([2, 3], { awayFrom: 0, margin: 0.4 })] }],
});
