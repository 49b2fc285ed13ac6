/** @file Sign: y = −1, 0 or 1. */
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed, uniform } from "../case.js";

export const Sign = defineOp({
  name: "Sign",
  since: 13,
  shape: ([x]) => [x],
  gradient: "zero",
  oracle: ([x]) => [map(x, Math.sign)],
  cases: [{ inputs: [uniform([2, 3], { awayFrom: 0 })] }, { inputs: [fed([-3, 0, 4])], note: "integers" }],
});
