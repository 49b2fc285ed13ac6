/** @file Sinh: y = sinh x. */
import { cosh, mul } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Sinh = defineOp({
  name: "Sinh",
  since: 9,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [mul(g, cosh(x))],
  oracle: ([x]) => [map(x, Math.sinh)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
