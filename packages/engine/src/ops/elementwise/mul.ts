/** @file Mul: y = a · b. */
import { mul } from "../../graph/builder.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { uniform } from "../case.js";

export const Mul = defineOp({
  name: "Mul",
  since: 14,
  shape: (inputs) => broadcastShape(inputs),
  gradient: ({ inputs: [a, b], outputGradients: [g] }) => [mul(g, b), mul(g, a)],
  oracle: (inputs) => [zip(inputs, (a, b) => a * b)],
  cases: [
    { inputs: [uniform([2, 3]), uniform([2, 3])] },
    { inputs: [uniform([2, 1, 3]), uniform([4, 1])], note: "both broadcast" },
    { inputs: [uniform([]), uniform([2, 2])], note: "scalar" },
  ],
});
