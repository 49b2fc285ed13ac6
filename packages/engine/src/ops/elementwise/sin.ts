/** @file Sin: y = sin x. */
import { cos, mul } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Sin = defineOp({
  name: "Sin",
  since: 7,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [mul(g, cos(x))],
  oracle: ([x]) => [map(x, Math.sin)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
