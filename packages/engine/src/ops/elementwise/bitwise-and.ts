/** @file BitwiseAnd: y = a & b, of the bits of integers. */
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed } from "../case.js";
import { wrapped } from "./integer-bits.js";

export const BitwiseAnd = defineOp({
  name: "BitwiseAnd",
  since: 18,
  shape: (inputs) => broadcastShape(inputs),
  gradient: "zero",
  oracle: (inputs, _, [{ dtype }]) => [zip(inputs, (a, b) => wrapped(BigInt(a) & BigInt(b), dtype))],
  cases: [
    { inputs: [fed([5, -3, 12]), fed([3, 6, -1])] },
    { inputs: [fed([200, 7], [2, 1], "uint8"), fed([15, 255], [2], "uint8")], note: "both broadcast" },
  ],
});
