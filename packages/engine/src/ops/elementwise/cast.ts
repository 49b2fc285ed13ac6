/** @file Cast: the same numbers in another element type; to an integer they are truncated towards zero, to bool ≠ 0. */
import { int } from "../../graph/attribute.js";
import { cast } from "../../graph/builder.js";
import { type DType, dtypeOfOnnxCode, dtypes, unsupportedCodeNames } from "../../graph/dtype.js";
import { NoemaError } from "../../graph/error.js";
import { map, type Nd, nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { fed, uniform } from "../case.js";

function targetOf(code: number): DType {
  const dtype = dtypeOfOnnxCode(code);
  if (dtype === undefined) {
    throw new NoemaError("DTYPE_UNSUPPORTED", {
      found: `a cast to element type ${unsupportedCodeNames[code] ?? code}`,
      needed: `supported are ${Object.keys(dtypes).join(", ")}, float16, bfloat16 and double`,
    });
  }
  return dtype;
}

/** Numbers as an element type holds them: truncated and wrapped for integers, 0 or 1 for bool, untouched for floats. */
export function castNumbers(x: Nd, dtype: DType): Nd {
  if (dtype === "float32") return x;
  if (dtype === "bool") return map(x, (v) => Number(v !== 0));
  return nd(x.dims, Tensor.ofNumbers(dtype, x.dims, x.data).toNumbers());
}

export const Cast = defineOp({
  name: "Cast",
  since: 13,
  attributes: { to: int.required() },
  shape: ([x], { to }) => [{ dtype: targetOf(to), shape: x.shape }],
  // Between integers and floats nothing flows: values that are not float32 have no gradient.
  gradient: ({ inputs: [x], outputGradients: [g] }) => [x.dtype === "float32" ? g : null],
  oracle: ([x], { to }) => [castNumbers(x, targetOf(to))],
  cases: [
    { inputs: [uniform([2, 3])], attributes: { to: dtypes.float32.onnx } },
    { inputs: [fed([-2.7, -0.5, 0.5, 2.7], [4], "float32")], attributes: { to: dtypes.int64.onnx } },
    { inputs: [fed([-2.7, -0.5, 0, Number.NaN], [4], "float32")], attributes: { to: dtypes.bool.onnx } },
    { inputs: [fed([-3, 0, 300], [3], "int32")], attributes: { to: dtypes.uint8.onnx } },
    { inputs: [fed([1, 0], [2], "bool")], attributes: { to: dtypes.float32.onnx } },
  ],
  // Half and double precision are single here, so casts between them are none.
  import: ({ inputs: [x], attributes: { to } }) => {
    const dtype = dtypeOfOnnxCode(Number(to));
    return x && dtype ? [cast(x, dtype)] : undefined;
  },
});
