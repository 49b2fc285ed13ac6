/** @file Min: the least of any number of arrays, elementwise. */
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed, uniform } from "../case.js";
import { detoursOfExtremes, importThrough } from "../through-type.js";
import { extremumGradient } from "./extremum-gradient.js";

export const Min = defineOp({
  name: "Min",
  since: 13,
  shape: (inputs) => broadcastShape(inputs),
  gradient: extremumGradient("min"),
  oracle: (inputs) => [zip(inputs, Math.min)],
  cases: [
    { inputs: [uniform([2, 3]), uniform([2, 3])] },
    { inputs: [uniform([2, 1, 3]), uniform([4, 1])], note: "both broadcast" },
    { inputs: [uniform([2, 3])], note: "one input" },
    { inputs: [uniform([2, 3]), uniform([3]), uniform([2, 1])], note: "three inputs" },
    { inputs: [fed([1, -2]), fed([3, -4])], note: "integers" },
  ],
  import: importThrough("Min", detoursOfExtremes),
});
