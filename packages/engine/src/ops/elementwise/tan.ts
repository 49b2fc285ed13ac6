/** @file Tan: y = tan x. */
import { add, mul } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Tan = defineOp({
  name: "Tan",
  since: 7,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [mul(g, add(mul(y, y), 1))],
  oracle: ([x]) => [map(x, Math.tan)],
  cases: [{ inputs: [uniform([2, 3], { low: -1, high: 1 })] }],
});
