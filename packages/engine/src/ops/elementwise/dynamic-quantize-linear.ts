/** @file DynamicQuantizeLinear: x as uint8, with the scale and zero point that span its range and zero. */
import { map, nd } from "../../graph/nd.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { fed } from "../case.js";
import { roundHalfEven } from "../special-functions.js";

export const DynamicQuantizeLinear = defineOp({
  name: "DynamicQuantizeLinear",
  since: 11,
  shape: ([x]) => [
    { dtype: "uint8", shape: x.shape },
    { dtype: "float32", shape: [] },
    { dtype: "uint8", shape: [] },
  ],
  gradient: undifferentiable("it rounds to integers; use the network before quantization"),
  oracle: ([x]) => {
    const low = Math.min(0, ...x.data);
    const high = Math.max(0, ...x.data);
    const scale = high === low ? 1 : (high - low) / 255;
    const saturate = (v: number) => Math.min(255, Math.max(0, v));
    const zeroPoint = saturate(roundHalfEven(-low / scale));
    const quantized = map(x, (v) => saturate(roundHalfEven(v / scale) + zeroPoint));
    return [quantized, nd([], [scale]), nd([], [zeroPoint])];
  },
  cases: [
    { inputs: [fed([-2.1, 0.3, 1.7, 5.2], [2, 2], "float32")], outputs: 3 },
    { inputs: [fed([0.3, 1.7], [2], "float32")], outputs: 3, note: "all positive" },
  ],
});
