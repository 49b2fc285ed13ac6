/** @file Log: y = ln x. */
import { div } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Log = defineOp({
  name: "Log",
  since: 13,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [div(g, x)],
  oracle: ([x]) => [map(x, Math.log)],
  cases: [{ inputs: [uniform([2, 3], { low: 0.3, high: 3 })] }],
});
