/** @file Shrink: y = x − bias where x > lambd, x + bias where x < −lambd, 0 between. */
import { float } from "../../graph/attribute.js";
import { abs, greater, where } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Shrink = defineOp({
  name: "Shrink",
  since: 9,
  attributes: { bias: float(0), lambd: float(0.5) },
  shape: ([x]) => [x],
  gradient: ({ inputs: [x], outputGradients: [g], attributes: { lambd } }) => [where(greater(abs(x), lambd), g, 0)],
  oracle: ([x], { bias, lambd }) => [map(x, (v) => (v < -lambd ? v + bias : v > lambd ? v - bias : 0))],
  cases: [
    { inputs: [uniform([2, 3], { awayFrom: [-0.5, 0.5] })], note: "hard" },
    { inputs: [uniform([8], { awayFrom: [-1, 1] })], attributes: { bias: 1, lambd: 1 }, note: "soft" },
  ],
});
