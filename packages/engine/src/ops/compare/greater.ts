/** @file Greater: y = a > b. */
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { uniform } from "../case.js";

export const Greater = defineOp({
  name: "Greater",
  since: 13,
  shape: (inputs) => broadcastShape(inputs, "bool"),
  gradient: "zero",
  oracle: (inputs) => [zip(inputs, (a, b) => Number(a > b))],
  cases: [{ inputs: [uniform([2, 3]), uniform([3])] }],
});
