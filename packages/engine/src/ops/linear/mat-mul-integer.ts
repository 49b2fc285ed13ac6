/** @file MatMulInteger: y = (a − zero point) · (b − zero point), in 32-bit integers. */
import { defineOp, undifferentiable } from "../../graph/op.js";
import { fed, known } from "../case.js";
import { centredMatrix } from "./integer-product.js";
import { MatMul } from "./mat-mul.js";

export const MatMulInteger = defineOp({
  name: "MatMulInteger",
  since: 10,
  shape: ([a, b], _, outputCount) => {
    const [{ shape }] = MatMul.shape([a, b], {}, outputCount);
    return [{ dtype: "int32", shape }];
  },
  gradient: undifferentiable("it computes with integers; use the network before quantization"),
  oracle: ([a, b, aZero, bZero], _, types) =>
    MatMul.oracle!([centredMatrix(a, aZero, "row"), centredMatrix(b, bZero, "column")], {}, types),
  cases: [
    { inputs: [fed([1, 2, 3, 4, 250, 6], [2, 3], "uint8"), known([1, 4, 2, 5, 3, 6], [3, 2], "uint8")] },
    {
      inputs: [
        fed([11, 7, 3, 10, 6, 2], [2, 3], "uint8"),
        known([1, -4, 2, 5, -3, 6], [3, 2], "int8"),
        known([12], [], "uint8"),
        known([1, -2], [2], "int8"),
      ],
    },
  ],
});
