/** @file Erf: y = 2/√π ∫₀ˣ e^(−t²) dt. */
import { exp, mul, sub } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { erf } from "../special-functions.js";

const logOfSlopeAt0 = Math.log(2 / Math.sqrt(Math.PI));

export const Erf = defineOp({
  name: "Erf",
  since: 13,
  shape: ([x]) => [x],
  // The factor is inside the exponential: one pass over the array less.
  gradient: ({ inputs: [x], outputGradients: [g] }) => [mul(g, exp(sub(logOfSlopeAt0, mul(x, x))))],
  oracle: ([x]) => [map(x, erf)],
  cases: [{ inputs: [uniform([2, 3])] }, { inputs: [uniform([6], { low: -7, high: 7 })], note: "saturated" }],
});
