/** @file LessOrEqual: y = a ≤ b. */
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed, uniform } from "../case.js";

export const LessOrEqual = defineOp({
  name: "LessOrEqual",
  since: 13,
  shape: (inputs) => broadcastShape(inputs, "bool"),
  gradient: "zero",
  oracle: (inputs) => [zip(inputs, (a, b) => Number(a <= b))],
  cases: [
    { inputs: [uniform([2, 3]), uniform([3])] },
    { inputs: [fed([1, -2, 5, 7]), fed([1, 3, 5, -7])], note: "integers" },
    {
      inputs: [
        fed([0, Number.NaN, Number.POSITIVE_INFINITY], [3], "float32"),
        fed([-0, Number.NaN, 1], [3], "float32"),
      ],
      note: "signed zero, NaN, infinity",
    },
  ],
});
