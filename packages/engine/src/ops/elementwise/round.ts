/** @file Round: the nearest integer, the even one where two are. */
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed, uniform } from "../case.js";
import { roundHalfEven } from "../special-functions.js";

export const Round = defineOp({
  name: "Round",
  since: 11,
  shape: ([x]) => [x],
  gradient: "zero",
  oracle: ([x]) => [map(x, roundHalfEven)],
  cases: [
    { inputs: [uniform([2, 3], { awayFrom: [-2, -1, 0, 1, 2] })] },
    { inputs: [fed([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], [6], "float32")], note: "halves" },
  ],
});
