/** @file Exp: y = eˣ. */
import { mul } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Exp = defineOp({
  name: "Exp",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [mul(g, y)],
  oracle: ([x]) => [map(x, Math.exp)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
