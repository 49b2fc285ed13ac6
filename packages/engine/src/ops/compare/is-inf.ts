/** @file IsInf: whether an element is infinite, of either sign or of one. */
import { int } from "../../graph/attribute.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed } from "../case.js";

const points = fed([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], [4], "float32");

export const IsInf = defineOp({
  name: "IsInf",
  since: 10,
  attributes: { detect_negative: int(1), detect_positive: int(1) },
  shape: ([x]) => [{ dtype: "bool", shape: x.shape }],
  gradient: "zero",
  oracle: ([x], { detect_negative, detect_positive }) => {
    const positive = (v: number) => detect_positive !== 0 && v === Number.POSITIVE_INFINITY;
    const negative = (v: number) => detect_negative !== 0 && v === Number.NEGATIVE_INFINITY;
    return [map(x, (v) => Number(positive(v) || negative(v)))];
  },
  cases: [
    { inputs: [points] },
    { inputs: [points], attributes: { detect_negative: 0 } },
    { inputs: [points], attributes: { detect_positive: 0 } },
  ],
});
