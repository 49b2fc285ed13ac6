/** @file Size: how many elements x has. */
import { scalar } from "../../graph/emit.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { uniform } from "../case.js";

export const Size = defineOp({
  name: "Size",
  since: 13,
  shape: () => [{ dtype: "int64", shape: [] }],
  gradient: "zero",
  oracle: ([x]) => [nd([], [sizeOf(x.dims)])],
  cases: [{ inputs: [uniform([2, 3])] }, { inputs: [uniform([0, 3])], note: "empty" }],
  // A known shape is a constant, whatever the elements are: everything computed from it folds.
  import: ({ inputs: [x] }) => (x?.knownShape ? [scalar(x.size, "int64")] : undefined),
});
