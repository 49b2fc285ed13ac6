/** @file Not: y = ¬x, of booleans. */
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed } from "../case.js";

export const Not = defineOp({
  name: "Not",
  since: 1,
  shape: ([x]) => [x],
  gradient: "zero",
  oracle: ([x]) => [map(x, (v) => Number(v === 0))],
  cases: [{ inputs: [fed([0, 1, 1], [3], "bool")] }],
});
