/** @file BitwiseNot: y = ~x, of the bits of integers. */
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed } from "../case.js";
import { wrapped } from "./integer-bits.js";

export const BitwiseNot = defineOp({
  name: "BitwiseNot",
  since: 18,
  shape: ([x]) => [x],
  gradient: "zero",
  oracle: ([x], _, [{ dtype }]) => [map(x, (v) => wrapped(~BigInt(v), dtype))],
  cases: [{ inputs: [fed([5, -3, 0])] }, { inputs: [fed([200, 7], [2], "uint8")] }],
});
