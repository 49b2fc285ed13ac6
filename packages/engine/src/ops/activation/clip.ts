/** @file Clip: y = min(max(x, low), high); either bound may be missing. Where low > high, y = high. */
import { and, equal, greater, less, lessOrEqual, or, reshape, where } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { known, uniform } from "../case.js";

function checkBound(bound: Value | null | undefined, name: string): void {
  if (bound && bound.rank > 0) {
    throw new NoemaError("CLIP_BOUND", {
      found: `${name} has shape [${bound.shape.join(", ")}]`,
      needed: "a scalar is needed",
    });
  }
}

/** As a scalar: ONNX Runtime refuses bounds of shape [1], which files have. */
function scalarBound(bound: Value | null | undefined): Value | null {
  return bound && bound.knownShape !== null && bound.rank > 0 && bound.size === 1
    ? reshape(bound, [])
    : (bound ?? null);
}

export const Clip = defineOp({
  name: "Clip",
  since: 13,
  shape: ([x, low, high]) => {
    checkBound(low, "min");
    checkBound(high, "max");
    return [x];
  },
  // Bounds count as inside, as in PyTorch: exactly where clipping left x as it was.
  gradient: ({ inputs: [x, low, high], outputs: [y], outputGradients: [g], wanted }) => [
    wanted[0] ? where(equal(x, y), g, 0) : null,
    wanted[1] ? where(high ? and(less(x, low), lessOrEqual(low, high)) : less(x, low), g, 0) : null,
    wanted[2] ? where(low ? or(greater(x, high), less(high, low)) : greater(x, high), g, 0) : null,
  ],
  oracle: ([x, low, high]) => {
    const bounds = [low?.data[0] ?? Number.NEGATIVE_INFINITY, high?.data[0] ?? Number.POSITIVE_INFINITY];
    return [zip([x], (v) => Math.min(Math.max(v, bounds[0]), bounds[1]))];
  },
  cases: [
    {
      inputs: [uniform([3, 4], { awayFrom: [-1, 1] }), known([-1], [], "float32"), known([1], [], "float32")],
    },
    { inputs: [uniform([3, 4], { awayFrom: 0 }), known([0], [], "float32")], note: "from below" },
    { inputs: [uniform([3, 4], { awayFrom: 0.5 }), null, known([0.5], [], "float32")], note: "from above" },
    { inputs: [uniform([3, 4])], note: "no bounds" },
    {
      inputs: [uniform([3, 4]), known([2.5], [], "float32"), known([-2.5], [], "float32")],
      note: "bounds the wrong way round",
    },
    { inputs: [known([-3, 0, 5], [3]), known([-1], []), known([2], [])], note: "integers" },
  ],
  // Until opset 11 the bounds are attributes.
  import: ({ inputs: [x, low, high], attributes: { min, max }, opset }) => {
    if (!x) return undefined;
    const bound = (value: unknown) =>
      typeof value === "number" ? constant(Tensor.ofNumbers("float32", [], [value])) : null;
    const bounds = opset < 11 ? [bound(min), bound(max)] : [scalarBound(low), scalarBound(high)];
    return emit("Clip", [x, ...bounds]);
  },
});
