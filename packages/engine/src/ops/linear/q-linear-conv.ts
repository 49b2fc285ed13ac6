/** @file QLinearConv: a convolution of quantized values with quantized weights, quantized again. */
import { int } from "../../graph/attribute.js";
import { zip } from "../../graph/nd.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { fed, known } from "../case.js";
import { Conv } from "../convolution/conv.js";
import { windowAttributes } from "../convolution/window.js";
import { perChannel, requantize } from "./integer-product.js";

export const QLinearConv = defineOp({
  name: "QLinearConv",
  since: 10,
  attributes: { ...windowAttributes, group: int(1) },
  shape: ([x, , , w, , , , yZero, b], attributes, outputCount) => {
    const [{ shape }] = Conv.shape(b ? [x, w, b] : [x, w], attributes as never, outputCount);
    return [{ dtype: yZero.dtype, shape }];
  },
  gradient: undifferentiable("it rounds to integers; use the network before quantization"),
  oracle: ([x, xScale, xZero, w, wScale, wZero, yScale, yZero, b], attributes, types) => {
    const rank = x.dims.length;
    const centred = zip([x, perChannel(xZero, 0, rank)], (v, zero) => v - zero);
    const weight = zip([w, perChannel(wZero, 0, rank)], (v, zero) => v - zero);
    const [sum] = Conv.oracle!(b ? [centred, weight, b] : [centred, weight], attributes as never, types);
    const real = zip([sum, perChannel(xScale, 0, rank), perChannel(wScale, 1, rank)], (v, s, t) => v * s * t);
    return [requantize(real, perChannel(yScale, 0, rank), perChannel(yZero, 0, rank), types[0].dtype)];
  },
  cases: [
    {
      inputs: [
        fed([255, 174, 162, 25, 203, 168, 58, 15, 59, 237, 95, 129, 0, 64, 56, 242], [1, 1, 4, 4], "uint8"),
        known([0.00369], [], "float32"),
        known([132], [], "uint8"),
        known([0, 255, 3, 90, 12, 200, 130, 7], [2, 1, 2, 2], "uint8"),
        known([0.00172], [], "float32"),
        known([128], [], "uint8"),
        known([0.00162], [], "float32"),
        known([123], [], "uint8"),
        known([500, -700], [2], "int32"),
      ],
      attributes: { pads: [1, 1, 0, 0] },
    },
    {
      inputs: [
        fed([255, 174, 162, 25, 203, 168, 58, 15], [1, 2, 2, 2], "uint8"),
        known([0.00369], [], "float32"),
        known([132], [], "uint8"),
        known([100, -120], [2, 1, 1, 1], "int8"),
        known([0.0017, 0.003], [2], "float32"),
        known([0, 0], [2], "int8"),
        known([0.00162], [], "float32"),
        known([123], [], "uint8"),
      ],
      attributes: { group: 2 },
      note: "per channel",
    },
  ],
});
