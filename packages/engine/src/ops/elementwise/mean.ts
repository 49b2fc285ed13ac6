/** @file Mean: of any number of arrays, elementwise. */
import { mul } from "../../graph/builder.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { uniform } from "../case.js";

export const Mean = defineOp({
  name: "Mean",
  since: 13,
  shape: (inputs) => broadcastShape(inputs),
  gradient: ({ inputs, outputGradients: [g] }) => {
    const part = mul(g, 1 / inputs.length);
    return inputs.map(() => part);
  },
  oracle: (inputs) => [zip(inputs, (...values) => values.reduce((a, b) => a + b) / values.length)],
  cases: [
    { inputs: [uniform([2, 3]), uniform([2, 3])] },
    { inputs: [uniform([2, 3])], note: "one input" },
    { inputs: [uniform([2, 1, 3]), uniform([4, 1]), uniform([])], note: "three inputs that broadcast" },
  ],
});
