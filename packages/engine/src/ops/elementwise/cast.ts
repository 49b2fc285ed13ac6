/** @file Cast: the same numbers in another element type; to an integer they are truncated towards zero, to bool ≠ 0. */
import { int, string } from "../../graph/attribute.js";
import { cast } from "../../graph/builder.js";
import { type DType, dtypeOfOnnxCode, dtypes, narrowTypeOfOnnxCode, unsupportedCodeNames } from "../../graph/dtype.js";
import { NoemaError } from "../../graph/error.js";
import { narrowed } from "../../graph/narrow.js";
import { map, type Nd, nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { fed, uniform } from "../case.js";
import { narrowCast } from "./narrow-cast.js";

function targetOf(code: number): DType {
  const dtype = narrowTypeOfOnnxCode(code) ?? dtypeOfOnnxCode(code);
  if (dtype === undefined) {
    throw new NoemaError("DTYPE_UNSUPPORTED", {
      found: `a cast to element type ${unsupportedCodeNames[code] ?? code}`,
      needed: `supported are ${Object.keys(dtypes).join(", ")}, float16, bfloat16 and double`,
    });
  }
  return dtype;
}

/** Numbers as an element type holds them: truncated and wrapped for integers, 0 or 1 for bool, untouched for floats. */
export function castNumbers(x: Nd, dtype: DType, saturate = true): Nd {
  if (dtype === "float32") return x;
  const narrow = narrowTypeOfOnnxCode(dtypes[dtype].onnx);
  if (narrow !== undefined) return map(x, (v) => narrowed(narrow, v, saturate));
  if (dtype === "bool") return map(x, (v) => Number(v !== 0));
  return nd(x.dims, Tensor.ofNumbers(dtype, x.dims, x.data).toNumbers());
}

export const Cast = defineOp({
  name: "Cast",
  since: 13,
  attributes: { to: int.required(), saturate: int(), round_mode: string() },
  shape: ([x], { to }) => [{ dtype: targetOf(to), shape: x.shape }],
  // Between integers and floats nothing flows: values that are not float32 have no gradient.
  gradient: ({ inputs: [x], outputGradients: [g] }) => [x.dtype === "float32" ? g : null],
  oracle: ([x], { to, saturate }) => [castNumbers(x, targetOf(to), saturate !== 0)],
  cases: [
    { inputs: [uniform([2, 3])], attributes: { to: dtypes.float32.onnx } },
    { inputs: [fed([-2.7, -0.5, 0.5, 2.7], [4], "float32")], attributes: { to: dtypes.int64.onnx } },
    { inputs: [fed([-2.7, -0.5, 0, Number.NaN], [4], "float32")], attributes: { to: dtypes.bool.onnx } },
    { inputs: [fed([-3, 0, 300], [3], "int32")], attributes: { to: dtypes.uint8.onnx } },
    { inputs: [fed([1, 0], [2], "bool")], attributes: { to: dtypes.float32.onnx } },
  ],
  // Half and double precision are single here, so casts between them are none.
  import: ({ inputs: [x], attributes: { to, saturate, round_mode } }) => {
    const narrow = narrowTypeOfOnnxCode(Number(to));
    if (x && narrow) {
      const options = { saturate: saturate as number | undefined, round_mode: round_mode as string | undefined };
      return [narrowCast(x, narrow, options)];
    }
    const dtype = dtypeOfOnnxCode(Number(to));
    return x && dtype ? [cast(x, dtype)] : undefined;
  },
});
