/** @file com.microsoft::Gelu: y = x · Φ(x). */
import { mul } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { doubleGeluSlope, geluOf } from "./gelu-slope.js";

export const ContribGelu = defineOp({
  name: "Gelu",
  domain: "com.microsoft",
  since: 1,
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g] }) => [mul(mul(g, 0.5), doubleGeluSlope(x))],
  oracle: ([x]) => [map(x, geluOf)],
  cases: [{ inputs: [uniform([2, 3], { low: -4, high: 4 })] }],
});
