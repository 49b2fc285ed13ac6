/** @file Clip: y = min(max(x, low), high); either bound may be missing. Where low > high, y = high. */
import { and, equal, greater, less, lessOrEqual, mul, or, reshape, where } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { known, uniform } from "../case.js";
import { detoursOfExtremes, emitThrough } from "../through-type.js";

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

/** A power of two: times a bound it is exact, so that a ramp of this slope is 0 at the bound itself. */
const steep = 2 ** 100;

/**
 * g where y is strictly between known bounds, as steep ramps, which stay in ONNX Runtime's blocked layout. Undefined
 * where the bounds are not known or far too large for it.
 */
function insideKnown(y: Value, g: Value, low: Value | null, high: Value | null): Value | undefined {
  const [from, to] = [low, high].map((bound) => (bound?.constant ? bound.constant.toNumbers()[0] : undefined));
  if ((low && from === undefined) || (high && to === undefined) || y.dtype !== "float32") return undefined;
  if ([from, to].some((bound) => bound !== undefined && Math.abs(bound) > 2 ** 20)) return undefined;
  if (from !== undefined && to !== undefined && from >= to) return undefined;
  let inside = g;
  const ramp = (alpha: number, beta: number) => emit("HardSigmoid", [y], { alpha, beta })[0];
  if (from !== undefined) inside = mul(inside, from === 0 ? ramp(2 ** 126, 0) : ramp(steep, -from * steep));
  if (to !== undefined) inside = mul(inside, ramp(-steep, to * steep));
  return inside;
}

export const Clip = defineOp({
  name: "Clip",
  since: 13,
  shape: ([x, low, high]) => {
    checkBound(low, "min");
    checkBound(high, "max");
    return [x];
  },
  // Bounds count as inside, as in PyTorch's clamp: exactly where clipping left x as it was. Known bounds count as
  // outside, as in its relu6 and hardtanh, which are what exporters write so.
  gradient: ({ inputs: [x, low, high], outputs: [y], outputGradients: [g], wanted }) => [
    wanted[0]
      ? ((wanted[1] || wanted[2] ? undefined : insideKnown(y, g, low, high)) ?? where(equal(x, y), g, 0))
      : null,
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
    return emitThrough("Clip", [x, ...bounds], detoursOfExtremes);
  },
});
