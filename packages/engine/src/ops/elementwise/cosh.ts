/** @file Cosh: y = cosh x. */
import { mul, sinh } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Cosh = defineOp({
  name: "Cosh",
  since: 9,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [mul(g, sinh(x))],
  oracle: ([x]) => [map(x, Math.cosh)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
