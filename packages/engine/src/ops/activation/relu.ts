/** @file Relu: y = max(x, 0). */
import { greater, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Relu = defineOp({
  name: "Relu",
  since: 6,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [where(greater(y, 0), g, 0)],
  oracle: ([x]) => [map(x, (v) => Math.max(v, 0))],
  cases: [{ inputs: [uniform([2, 3], { awayFrom: 0 })] }],
});
