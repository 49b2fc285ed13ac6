/** @file Softsign: y = x / (1 + |x|). */
import { abs, mul, sub } from "../../graph/builder.js";
import { map } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const Softsign = defineOp({
  name: "Softsign",
  since: 1,
  shape: ([x]) => [x],
  // 1 / (1 + |x|)² = (1 − |y|)²: without a division.
  gradient: ({ outputs: [y], outputGradients: [g] }) => {
    const root = sub(1, abs(y));
    return [mul(g, mul(root, root))];
  },
  oracle: ([x]) => [map(x, (v) => v / (1 + Math.abs(v)))],
  cases: [{ inputs: [uniform([2, 3], { awayFrom: 0 })] }],
});
