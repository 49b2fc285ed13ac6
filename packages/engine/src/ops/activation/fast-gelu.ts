/** @file com.microsoft::FastGelu: Gelu by tanh of z = x + bias; the bias, along the last axis, may be missing. */
import { add, mul } from "../../graph/builder.js";
import { map, zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { checkBias } from "./check-bias.js";
import { tanhGeluOf, tanhGeluSlope } from "./gelu-slope.js";

export const FastGelu = defineOp({
  name: "FastGelu",
  domain: "com.microsoft",
  since: 1,
  shape: ([x, bias]) => {
    if (bias) checkBias(x, bias);
    return [x];
  },
  gradient: ({ inputs: [x, bias], outputGradients: [g] }) => {
    const part = mul(g, tanhGeluSlope(bias ? add(x, bias) : x));
    return bias ? [part, part] : [part];
  },
  oracle: ([x, bias]) => [bias ? zip([x, bias], (v, b) => tanhGeluOf(v + b)) : map(x, tanhGeluOf)],
  cases: [
    { inputs: [uniform([2, 3, 4]), uniform([4])] },
    { inputs: [uniform([2, 3], { low: -4, high: 4 })], note: "no bias" },
  ],
});
