/** @file Neg: y = −x. */
import { neg } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Neg = defineOp({
  name: "Neg",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ outputGradients: [g] }) => [neg(g)],
  oracle: ([x]) => [map(x, (v) => -v)],
  cases: [{ inputs: [uniform([2, 3])] }],
});
