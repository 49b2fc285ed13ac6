/** @file Ceil: the least integer ≥ x. */

import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Ceil = defineOp({
  name: "Ceil",
  since: 13,
  shape: ([x]) => [x],
  gradient: "zero",
  oracle: ([x]) => [map(x, Math.ceil)],
  cases: [{ inputs: [uniform([2, 3], { awayFrom: [-2, -1, 0, 1, 2] })] }],
});
