/** @file Where: y = condition ? a : b. */
import { where } from "../../graph/builder.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed, uniform } from "../case.js";

export const Where = defineOp({
  name: "Where",
  since: 9,
  shape: (inputs) => broadcastShape(inputs),
  gradient: ({ inputs: [condition], outputGradients: [g] }) => [null, where(condition, g, 0), where(condition, 0, g)],
  oracle: (inputs) => [zip(inputs, (condition, a, b) => (condition ? a : b))],
  cases: [{ inputs: [fed([1, 0, 1], [3], "bool"), uniform([2, 3]), uniform([2, 1])] }],
});
