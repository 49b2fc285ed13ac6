/** @file Relu: y = max(x, 0). */
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { throughRelu } from "./through-relu.js";

export const Relu = defineOp({
  name: "Relu",
  since: 6,
  shape: ([x]) => [x],
  gradient: ({ outputs: [y], outputGradients: [g] }) => [throughRelu(g, y)],
  oracle: ([x]) => [map(x, (v) => Math.max(v, 0))],
  cases: [{ inputs: [uniform([2, 3], { awayFrom: 0 })] }],
});
