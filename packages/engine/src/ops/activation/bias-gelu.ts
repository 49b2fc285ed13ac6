/** @file com.microsoft::BiasGelu: y = z · Φ(z) with z = x + bias, the bias along the last axis. */
import { add, mul } from "../../graph/builder.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { checkBias } from "./check-bias.js";
import { doubleGeluSlope, geluOf } from "./gelu-slope.js";

export const BiasGelu = defineOp({
  name: "BiasGelu",
  domain: "com.microsoft",
  since: 1,
  shape: ([x, bias]) => {
    checkBias(x, bias);
    return [x];
  },
  gradient: ({ inputs: [x, bias], outputGradients: [g] }) => {
    const part = mul(mul(g, 0.5), doubleGeluSlope(add(x, bias)));
    return [part, part];
  },
  oracle: (inputs) => [zip(inputs, (x, bias) => geluOf(x + bias))],
  cases: [{ inputs: [uniform([2, 3, 4]), uniform([4])] }],
});
