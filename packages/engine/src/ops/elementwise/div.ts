/** @file Div: y = a / b; integers are truncated towards zero. */
import { div, mul, neg } from "../../graph/builder.js";
import { dtypes } from "../../graph/dtype.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { uniform } from "../case.js";

export const Div = defineOp({
  name: "Div",
  since: 14,
  shape: (inputs) => broadcastShape(inputs),
  gradient: ({ inputs: [, b], outputs: [y], outputGradients: [g] }) => [div(g, b), neg(div(mul(g, y), b))],
  oracle: (inputs, _, [{ dtype }]) => {
    const whole = dtypes[dtype].integer;
    return [zip(inputs, (a, b) => (whole ? Math.trunc(a / b) : a / b))];
  },
  cases: [
    { inputs: [uniform([2, 3]), uniform([2, 3], { awayFrom: 0, margin: 0.4 })] },
    { inputs: [uniform([2, 1, 3]), uniform([4, 1], { awayFrom: 0, margin: 0.4 })], note: "both broadcast" },
    { inputs: [uniform([]), uniform([2, 2], { awayFrom: 0, margin: 0.4 })], note: "scalar" },
  ],
});
