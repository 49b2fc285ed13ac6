/** @file Atan: y = arctan x. */
import { add, div, mul } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Atan = defineOp({
  name: "Atan",
  since: 7,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [div(g, add(mul(x, x), 1))],
  oracle: ([x]) => [map(x, Math.atan)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
