/** @file IsNaN: whether an element is not a number. */
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed } from "../case.js";

export const IsNaN = defineOp({
  name: "IsNaN",
  since: 13,
  shape: ([x]) => [{ dtype: "bool", shape: x.shape }],
  gradient: "zero",
  oracle: ([x]) => [map(x, (v) => Number(Number.isNaN(v)))],
  cases: [{ inputs: [fed([1, Number.NaN, Number.NEGATIVE_INFINITY], [3], "float32")] }],
});
