/** @file ArgMin: the position of the minimum along an axis. */
import { defineOp } from "../../graph/op.js";
import { fed, uniform } from "../case.js";
import { argAttributes, argNd, argShape } from "./arg-extreme.js";

export const ArgMin = defineOp({
  name: "ArgMin",
  since: 13,
  attributes: argAttributes,
  shape: argShape,
  gradient: "zero",
  oracle: (inputs, attributes) => argNd(inputs, attributes, (a, b) => a < b),
  cases: [
    { inputs: [uniform([2, 3, 4])] },
    { inputs: [uniform([2, 3, 4])], attributes: { axis: -2, keepdims: 0 } },
    { inputs: [fed([1, 2, 2, 1, 1, 1], [2, 3], "float32")], attributes: { axis: 1 }, note: "first of equals" },
    {
      inputs: [fed([1, 2, 2, 1, 1, 1], [2, 3], "float32")],
      attributes: { axis: 1, select_last_index: 1 },
      note: "last of equals",
    },
  ],
});
