/** @file Abs: y = |x|; its gradient at 0 is 0. */
import { mul, sign } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Abs = defineOp({
  name: "Abs",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [mul(g, sign(x))],
  oracle: ([x]) => [map(x, Math.abs)],
  cases: [{ inputs: [uniform([2, 3], { awayFrom: 0 })] }],
});
