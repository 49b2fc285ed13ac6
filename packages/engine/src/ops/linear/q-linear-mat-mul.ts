/** @file QLinearMatMul: the product of two quantized matrices, quantized again. */
import { zip } from "../../graph/nd.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { fed, known } from "../case.js";
import { centredMatrix, perMatrix, requantize } from "./integer-product.js";
import { MatMul } from "./mat-mul.js";

export const QLinearMatMul = defineOp({
  name: "QLinearMatMul",
  since: 10,
  shape: ([a, , , b, , , , yZero], _, outputCount) => {
    const [{ shape }] = MatMul.shape([a, b], {}, outputCount);
    return [{ dtype: yZero.dtype, shape }];
  },
  gradient: undifferentiable("it rounds to integers; use the network before quantization"),
  oracle: ([a, aScale, aZero, b, bScale, bZero, yScale, yZero], _, types) => {
    const real = zip(
      [
        ...MatMul.oracle!([centredMatrix(a, aZero, "row"), centredMatrix(b, bZero, "column")], {}, types),
        perMatrix(aScale, "row"),
        bScale,
      ],
      (sum, s, t) => sum * s * t,
    );
    return [requantize(real, perMatrix(yScale, "row"), perMatrix(yZero, "row"), types[0].dtype)];
  },
  cases: [
    {
      inputs: [
        fed([208, 236, 0, 238, 3, 214, 255, 29], [2, 4], "uint8"),
        known([0.0066], [1], "float32"),
        known([113], [1], "uint8"),
        known([152, 51, 244, 60, 26, 255, 0, 127, 246, 127, 254, 247], [4, 3], "uint8"),
        known([0.00705], [1], "float32"),
        known([114], [1], "uint8"),
        known([0.0107], [1], "float32"),
        known([118], [1], "uint8"),
      ],
    },
  ],
});
