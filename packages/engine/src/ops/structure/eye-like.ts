/** @file EyeLike: ones on the k-th diagonal of a matrix of the input's shape, zeros elsewhere. */
import { int } from "../../graph/attribute.js";
import { type DType, dtypeOfOnnxCode, dtypes, unsupportedCodeNames } from "../../graph/dtype.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { fromIndex } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed, uniform } from "../case.js";

function dtypeOf(code: number): DType {
  const dtype = dtypeOfOnnxCode(code);
  if (dtype === undefined) {
    throw new NoemaError("DTYPE_UNSUPPORTED", {
      found: `element type ${unsupportedCodeNames[code] ?? code}`,
      needed: `one of ${Object.keys(dtypes).join(", ")}`,
    });
  }
  return dtype;
}

export const EyeLike = defineOp({
  name: "EyeLike",
  since: 9,
  attributes: { dtype: int(), k: int(0) },
  shape: ([x], { dtype }) => {
    if (x.rank !== 2) throw new NoemaError("INPUT_RANK", { found: `${x.rank} axes`, needed: "a matrix has two" });
    return [{ dtype: dtype === undefined ? x.dtype : dtypeOf(dtype), shape: x.shape }];
  },
  gradient: "zero",
  oracle: ([x], { k }) => [fromIndex(x.dims, ([row, column]) => (column - row === k ? 1 : 0))],
  cases: [
    { inputs: [uniform([3, 4])] },
    { inputs: [uniform([3, 3])], attributes: { k: -1, dtype: dtypes.int64.onnx } },
    { inputs: [fed([1, 2, 3, 4], [2, 2], "int32")], attributes: { k: 1 } },
  ],
  import: ({ inputs, attributes: { dtype, k } }) => {
    // Half and double precision are single here.
    const code = typeof dtype === "number" ? dtypes[dtypeOf(dtype)].onnx : undefined;
    return emit("EyeLike", inputs, { dtype: code, k });
  },
});
