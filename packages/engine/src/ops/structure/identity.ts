/** @file Identity: y = x. */
import { defineOp } from "../../graph/op.js";
import { fed, uniform } from "../case.js";

export const Identity = defineOp({
  name: "Identity",
  since: 1,
  shape: ([x]) => [x],
  gradient: ({ outputGradients: [g] }) => [g],
  oracle: ([x]) => [x],
  cases: [{ inputs: [uniform([2, 3])] }, { inputs: [fed([1, 2])], note: "integers" }],
  // Exporters share weights through Identity: rules that look at constants must see them.
  import: ({ inputs: [x] }) => (x?.constant ? [x] : undefined),
});
