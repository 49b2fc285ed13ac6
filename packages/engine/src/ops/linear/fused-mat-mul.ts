/** @file FusedMatMul: what ONNX Runtime's optimizer makes of a product with transposes and a factor; read as these. */
import { matmul, mul, transpose } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";

/** `batch` moves the first axis behind the other leading ones, `last` swaps the last two. Vectors stay as they are. */
function turned(x: Value, batch: unknown, last: unknown): Value {
  if (x.rank < 2) return x;
  const order = [...x.shape.keys()];
  if (batch) order.splice(x.rank - 2, 0, ...order.splice(0, 1));
  if (last) order.push(...order.splice(x.rank - 2, 1));
  return transpose(x, order);
}

export const FusedMatMul = defineImport({
  name: "FusedMatMul",
  domain: "com.microsoft",
  import: ({ label, inputs: [a, b], attributes }) => {
    if (!a || !b) throw new NoemaError("OPERATOR_INPUTS", { where: label, found: "an input is missing" });
    if (!a.knownShape || !b.knownShape) return undefined;
    const product = matmul(
      turned(a, attributes.transBatchA, attributes.transA),
      turned(b, attributes.transBatchB, attributes.transB),
    );
    const alpha = Number(attributes.alpha ?? 1);
    return [alpha === 1 ? product : mul(product, alpha)];
  },
});
