/** @file Swish: y = x · sigmoid(alpha · x). */
import { float } from "../../graph/attribute.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { swishGradient, swishOf } from "./swish-gradient.js";

export const Swish = defineOp({
  name: "Swish",
  since: 24,
  attributes: { alpha: float(1) },
  shape: ([x]) => [x],
  gradient: swishGradient,
  oracle: ([x], { alpha }) => [map(x, (v) => swishOf(v, alpha))],
  cases: [
    { inputs: [uniform([2, 3], { low: -4, high: 4 })] },
    { inputs: [uniform([2, 3], { low: -4, high: 4 })], attributes: { alpha: 1.7 } },
  ],
});
