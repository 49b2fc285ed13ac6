/** @file Mod: the remainder of a / b, with b's sign, or with a's where fmod is 1. */
import { int } from "../../graph/attribute.js";
import { div, mul, neg, sub } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed, known } from "../case.js";

export const Mod = defineOp({
  name: "Mod",
  since: 13,
  attributes: { fmod: int(0) },
  shape: (inputs, { fmod }) => {
    const types = broadcastShape(inputs);
    if (types[0].dtype === "float32" && fmod !== 1) {
      throw new NoemaError("MOD_FLOAT", { found: `fmod is ${fmod}`, needed: "floats need fmod = 1" });
    }
    return types;
  },
  // y = a − b · trunc(a / b): the quotient is got back from y.
  gradient: ({ inputs: [a, b], outputs: [y], outputGradients: [g], wanted }) => [
    g,
    wanted[1] ? neg(mul(g, div(sub(a, y), b))) : null,
  ],
  oracle: (inputs, { fmod }) => [zip(inputs, (a, b) => (fmod === 1 ? a % b : a - b * Math.floor(a / b)))],
  cases: [
    {
      inputs: [fed([5.3, -5.3, 4.1], [3], "float32"), fed([2, 2, -3], [3], "float32")],
      attributes: { fmod: 1 },
    },
    { inputs: [fed([5.3, -5.3], [2, 1], "float32"), known([2, 3], [2], "float32")], attributes: { fmod: 1 } },
    { inputs: [fed([5, -5, 5, -5]), fed([3, 3, -3, -3])], note: "sign of the divisor" },
    { inputs: [fed([5, -5, 5, -5]), fed([3, 3, -3, -3])], attributes: { fmod: 1 } },
  ],
});
