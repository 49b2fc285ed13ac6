/** @file ConvInteger: the convolution of (x − zero point) with (w − zero point), in 32-bit integers. */
import { int } from "../../graph/attribute.js";
import { zip } from "../../graph/nd.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { fed, known } from "../case.js";
import { Conv } from "../convolution/conv.js";
import { windowAttributes } from "../convolution/window.js";
import { perChannel } from "./integer-product.js";

export const ConvInteger = defineOp({
  name: "ConvInteger",
  since: 10,
  attributes: { ...windowAttributes, group: int(1) },
  shape: ([x, w], attributes, outputCount) => {
    const [{ shape }] = Conv.shape([x, w], attributes as never, outputCount);
    return [{ dtype: "int32", shape }];
  },
  gradient: undifferentiable("it computes with integers; use the network before quantization"),
  oracle: ([x, w, xZero, wZero], attributes, types) => {
    const rank = x.dims.length;
    const centred = xZero ? zip([x, perChannel(xZero, 0, rank)], (v, zero) => v - zero) : x;
    const weight = wZero ? zip([w, perChannel(wZero, 0, rank)], (v, zero) => v - zero) : w;
    return Conv.oracle!([centred, weight], attributes as never, types);
  },
  cases: [
    {
      inputs: [
        fed([2, 3, 4, 5, 6, 7, 8, 9, 10], [1, 1, 3, 3], "uint8"),
        known([1, 1, 2, 3], [1, 1, 2, 2], "uint8"),
        known([1], [], "uint8"),
      ],
      attributes: { pads: [1, 1, 1, 1] },
    },
  ],
});
