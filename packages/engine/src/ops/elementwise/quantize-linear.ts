/** @file QuantizeLinear: y = saturate(round(x / scale) + zero point), halves to even. */
import { int } from "../../graph/attribute.js";
import { cast, clip, div } from "../../graph/builder.js";
import { dtypes, narrowTypeOfOnnxCode } from "../../graph/dtype.js";
import { emit } from "../../graph/emit.js";
import { narrowNumbers } from "../../graph/narrow.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { fed, known } from "../case.js";
import { roundHalfEven } from "../special-functions.js";
import { narrowCast } from "./narrow-cast.js";
import { alongAxis, checkScale, mapScaled, outputType, rangeOf } from "./quantization.js";

const floats = fed([-3.1, 0.2, 1.7, 300, -500, 2.4], [2, 3], "float32");

export const QuantizeLinear = defineOp({
  name: "QuantizeLinear",
  since: 21,
  attributes: { axis: int(1), block_size: int(0), output_dtype: int(0), saturate: int(1) },
  shape: ([x, scale, zeroPoint], attributes) => {
    checkScale(x, scale, zeroPoint, attributes);
    return [{ dtype: zeroPoint?.dtype ?? outputType(attributes.output_dtype, "uint8"), shape: x.shape }];
  },
  gradient: undifferentiable("it rounds to integers; use the network before quantization"),
  oracle: (inputs, attributes, [{ dtype }]) => {
    const [low, high] = rangeOf(dtype);
    const quantize = (x: number, scale: number, zeroPoint: number) =>
      Math.min(high, Math.max(low, roundHalfEven(x / scale) + zeroPoint));
    return [mapScaled(inputs, attributes, quantize)];
  },
  cases: [
    { inputs: [floats, known([0.3], [], "float32"), known([128], [], "uint8")] },
    { inputs: [floats, known([0.3, 2, 0.7], [3], "float32"), known([1, 0, -7], [3], "int8")], note: "per column" },
    { inputs: [floats, known([0.3, 2], [2], "float32")], attributes: { axis: 0 }, note: "per row, no zero point" },
    {
      inputs: [floats, known([0.3], [], "float32")],
      attributes: { output_dtype: dtypes.int16.onnx },
    },
    {
      inputs: [fed([1, -2, 3, -4.2], [1, 4], "float32"), known([0.3, 0.7], [1, 2], "float32")],
      attributes: { axis: 1, block_size: 2, output_dtype: dtypes.int8.onnx },
    },
  ],
  // A narrow type is held in a wider one: what that holds is rounded, or kept in range, afterwards.
  import: ({ inputs: [x, scale, zeroPoint], attributes }) => {
    const narrow = zeroPoint?.narrow ?? narrowTypeOfOnnxCode(Number(attributes.output_dtype ?? 0));
    if (!x || !scale || !narrow) return undefined;
    const { axis = 1, block_size = 0, saturate } = attributes as Record<string, number | undefined>;
    if (dtypes[narrow].narrow!.wide === "float32") {
      return [narrowCast(div(x, alongAxis(x, scale, { axis, block_size })), narrow, { saturate })];
    }
    const output_dtype = dtypes[dtypes[narrow].narrow!.wide].onnx;
    const wide = emit("QuantizeLinear", [x, scale, zeroPoint], { axis, block_size, output_dtype })[0];
    const numbers = narrowNumbers(narrow);
    const limits = [Math.min(...numbers), Math.max(...numbers)];
    return [cast(clip(cast(wide, "int32"), limits[0], limits[1]), wide.dtype)];
  },
});
