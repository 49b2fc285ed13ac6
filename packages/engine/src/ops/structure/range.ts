/** @file Range: start, start + delta, start + 2·delta … before limit. */
import { mul, reduceSum } from "../../graph/builder.js";
import { constant, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { known, uniform } from "../case.js";

function countOf(start: number, limit: number, delta: number): number {
  if (delta === 0) throw new NoemaError("RANGE_DELTA", { found: "a delta of 0", needed: "any other step" });
  return Math.max(0, Math.ceil((limit - start) / delta));
}

export const Range = defineOp({
  name: "Range",
  since: 11,
  shape: ([start, limit, delta]) => {
    const [from] = knownNumbers(start, "where the range starts");
    const [to] = knownNumbers(limit, "where the range ends");
    const [step] = knownNumbers(delta, "the step of the range");
    return [{ dtype: start.dtype, shape: [countOf(from, to, step)] }];
  },
  gradient: ({ outputGradients: [g] }) => {
    const steps = constant(
      Tensor.of(
        "float32",
        g.shape,
        Float32Array.from({ length: g.size }, (_, i) => i),
      ),
    );
    const total = (x: typeof g) => reduceSum(x, [0], { keepdims: false });
    return [total(g), null, total(mul(g, steps))];
  },
  oracle: ([start, limit, delta]) => {
    const [from, step] = [start.data[0], delta.data[0]];
    const count = countOf(from, limit.data[0], step);
    return [
      nd(
        [count],
        Float64Array.from({ length: count }, (_, i) => from + i * step),
      ),
    ];
  },
  cases: [
    { inputs: [known([2], []), known([11], []), known([3], [])] },
    { inputs: [known([5], [], "int32"), known([0], [], "int32"), known([-2], [], "int32")] },
    { inputs: [known([5], []), known([2], []), known([1], [])], note: "nothing" },
    {
      inputs: [
        uniform([], { low: 0.5, high: 0.5, constant: true }),
        uniform([], { low: 9000.2, high: 9000.2, constant: true }),
        uniform([], { low: 0.5, high: 0.5, constant: true }),
      ],
      tolerance: 1e-3,
      note: "not folded",
    },
  ],
});
