/** @file DequantizeLinear: y = (x − zero point) · scale. */
import { int } from "../../graph/attribute.js";
import { cast, mul, sub } from "../../graph/builder.js";
import { defineOp, expansion } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { fed, known, uniform } from "../case.js";
import { alongAxis, checkScale, type Granularity, mapScaled } from "./quantization.js";

const bytes = fed([0, 3, 128, 255, 17, 9], [2, 3], "uint8");

function scaled(x: Value, scale: Value, zeroPoint: Value | null | undefined, granularity: Granularity): Value {
  const from = cast(x, "float32");
  const centred = zeroPoint ? sub(from, alongAxis(x, cast(zeroPoint, "float32"), granularity)) : from;
  return mul(centred, alongAxis(x, scale, granularity));
}

export const DequantizeLinear = defineOp({
  name: "DequantizeLinear",
  since: 21,
  attributes: { axis: int(1), block_size: int(0) },
  shape: ([x, scale, zeroPoint], attributes) => {
    checkScale(x, scale, zeroPoint, attributes);
    return [{ dtype: scale.dtype, shape: x.shape }];
  },
  // The integers have no gradient, but the scale has.
  gradient: expansion<Granularity>(([x, scale, zeroPoint], attributes) => [scaled(x, scale, zeroPoint, attributes)]),
  oracle: (inputs, attributes) => [mapScaled(inputs, attributes, (x, scale, zeroPoint) => (x - zeroPoint) * scale)],
  cases: [
    { inputs: [bytes, uniform([], { low: 0.1, high: 1 }), known([128], [], "uint8")] },
    { inputs: [bytes, uniform([3], { low: 0.1, high: 1 }), known([0, 128, 7], [3], "uint8")], note: "per column" },
    { inputs: [bytes, uniform([2], { low: 0.1, high: 1 })], attributes: { axis: 0 }, note: "per row, no zero point" },
    { inputs: [fed([-70000, 5], [2], "int32"), uniform([], { low: 0.1, high: 1 })], note: "int32" },
    {
      inputs: [fed([1, -2, 3, -4, 5, -6, 7, -8], [2, 4], "int8"), uniform([2, 2], { low: 0.1, high: 1 })],
      attributes: { axis: 1, block_size: 2 },
    },
  ],
  // Floats of eight bits and fewer are float32 here: what remains is the product.
  import: ({ inputs: [x, scale, zeroPoint], attributes: { axis = 1, block_size = 0 } }) => {
    if (!x || !scale || x.dtype !== "float32") return undefined;
    return [scaled(x, scale, zeroPoint, { axis: axis as number, block_size: block_size as number })];
  },
});
