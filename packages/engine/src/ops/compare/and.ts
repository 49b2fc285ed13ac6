/** @file And: y = a ∧ b, of booleans. */
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed } from "../case.js";

export const And = defineOp({
  name: "And",
  since: 7,
  shape: (inputs) => broadcastShape(inputs, "bool"),
  gradient: "zero",
  oracle: (inputs) => [zip(inputs, (a, b) => Number(a && b))],
  cases: [
    { inputs: [fed([0, 0, 1, 1], [4], "bool"), fed([0, 1, 0, 1], [4], "bool")] },
    { inputs: [fed([0, 1], [2, 1], "bool"), fed([0, 1, 1], [3], "bool")], note: "both broadcast" },
  ],
});
