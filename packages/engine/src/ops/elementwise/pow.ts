/** @file Pow: y = aᵇ, in a's element type. */
import { and, cast, div, equal, greaterOrEqual, log, mul, or, pow, sub, where } from "../../graph/builder.js";
import { zip } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { broadcastShape } from "../broadcast-shape.js";
import { fed, known, uniform } from "../case.js";
import type { Detours } from "../through-type.js";
import { castNumbers } from "./cast.js";

const detoursOfExponents: Detours = {
  int8: "int32",
  int16: "int32",
  uint8: "int32",
  uint16: "int32",
  uint32: "int64",
  uint64: "int64",
};

function knownExponent(b: Value): number | undefined {
  return b.constant !== null && b.size === 1 ? b.constant.toNumbers()[0] : undefined;
}

function baseGradient(
  a: Value,
  b: Value,
  y: Value,
  { g, exponent }: { g: Value; exponent: number | undefined },
): Value | null {
  if (exponent === 0) return null;
  if (exponent === 1) return g;
  if (exponent === 2) return mul(g, mul(a, 2));
  if (exponent === 0.5) return div(mul(g, 0.5), y);
  if (exponent !== undefined) return mul(g, mul(pow(a, exponent - 1), exponent));
  const exponents = cast(b, "float32");
  const slope = mul(exponents, pow(a, sub(exponents, 1)));
  // At a = 0 and b = 0 the slope would be 0 · ∞.
  return mul(g, where(equal(exponents, 0), 0, slope));
}

/** aᵇ by IEEE 754, which JavaScript leaves in two places: 1 to any power is 1, and so is (−1) to ±∞. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && Math.abs(b) === Number.POSITIVE_INFINITY)) return 1;
  return a ** b;
}

/** y · ln a, and 0 where a = 0 holds y at 0 (or b = 0 and a ≥ 0: as PyTorch defines it). */
function exponentGradient(a: Value, b: Value, y: Value, g: Value): Value {
  const held = or(and(equal(a, 0), greaterOrEqual(b, 0)), and(equal(b, 0), greaterOrEqual(a, 0)));
  return where(held, 0, mul(g, mul(y, log(a))));
}

export const Pow = defineOp({
  name: "Pow",
  since: 15,
  shape: (inputs) => broadcastShape(inputs, inputs[0].dtype),
  gradient: ({ inputs: [a, b], outputs: [y], outputGradients: [g], wanted }) => [
    // Where the exponent is being varied too, the rule may not take it as a number: the second gradient would miss it.
    wanted[0] ? baseGradient(a, b, y, { g, exponent: wanted[1] ? undefined : knownExponent(b) }) : null,
    wanted[1] ? exponentGradient(a, b, y, g) : null,
  ],
  oracle: (inputs, _, [{ dtype }]) => [castNumbers(zip(inputs, power), dtype)],
  cases: [
    { inputs: [uniform([2, 3], { low: 0.3, high: 2 }), uniform([2, 3])] },
    { inputs: [uniform([2, 1, 3], { low: 0.3, high: 2 }), uniform([4, 1])], note: "both broadcast" },
    { inputs: [uniform([2, 3]), known([2], [1])], note: "square" },
    { inputs: [uniform([2, 3], { low: 0.3, high: 2 }), known([0.5], [], "float32")], note: "root" },
    { inputs: [uniform([2, 3]), known([0])], note: "exponent 0" },
    { inputs: [uniform([2, 3], { awayFrom: 0, margin: 0.4 }), known([-3])], note: "negative exponent" },
    { inputs: [uniform([2, 3]), known([1], [])], note: "integer exponent 1" },
    { inputs: [uniform([2, 3]), known([3], [])], note: "integer exponent 3" },
    { inputs: [uniform([4], { awayFrom: 0 }), fed([0, 1, 2, 3])], note: "exponents fed" },
    { inputs: [fed([-2, 3, 4]), fed([3, 2, 1])], note: "integers" },
  ],
  import: ({ inputs: [a, b] }) => {
    const detour = b && detoursOfExponents[b.dtype];
    return a && detour ? [pow(a, cast(b, detour))] : undefined;
  },
});
