/** @file com.microsoft::QuickGelu: y = x · sigmoid(alpha · x). */
import { float } from "../../graph/attribute.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { swishGradient, swishOf } from "./swish-gradient.js";

export const QuickGelu = defineOp({
  name: "QuickGelu",
  domain: "com.microsoft",
  since: 1,
  attributes: { alpha: float(1.702) },
  shape: ([x]) => [x],
  gradient: swishGradient,
  oracle: ([x], { alpha }) => [map(x, (v) => swishOf(v, alpha))],
  cases: [
    { inputs: [uniform([2, 3], { low: -4, high: 4 })] },
    { inputs: [uniform([2, 3], { low: -4, high: 4 })], attributes: { alpha: 1 } },
  ],
});
