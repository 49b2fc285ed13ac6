/** @file Cos: y = cos x. */
import { mul, neg, sin } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Cos = defineOp({
  name: "Cos",
  since: 7,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [neg(mul(g, sin(x)))],
  oracle: ([x]) => [map(x, Math.cos)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
