/** @file Gelu: y = x · Φ(x), or its approximation by tanh. */
import { string } from "../../graph/attribute.js";
import { mul } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { doubleGeluSlope, geluOf, tanhGeluOf, tanhGeluSlope } from "./gelu-slope.js";

export const Gelu = defineOp({
  name: "Gelu",
  since: 20,
  attributes: { approximate: string("none") },
  shape: ([x], { approximate }) => {
    if (approximate !== "none" && approximate !== "tanh") {
      throw new NoemaError("ATTRIBUTE_VALUE", {
        found: `approximate is ${JSON.stringify(approximate)}`,
        needed: '"none" or "tanh" is needed',
      });
    }
    return [x];
  },
  gradient: ({ inputs: [x], outputGradients: [g], attributes: { approximate } }) => [
    approximate === "tanh" ? mul(g, tanhGeluSlope(x)) : mul(mul(g, 0.5), doubleGeluSlope(x)),
  ],
  oracle: ([x], { approximate }) => [map(x, approximate === "tanh" ? tanhGeluOf : geluOf)],
  cases: [
    { inputs: [uniform([2, 3], { low: -4, high: 4 })] },
    { inputs: [uniform([2, 3], { low: -4, high: 4 })], attributes: { approximate: "tanh" } },
  ],
});
