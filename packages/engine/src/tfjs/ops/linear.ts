/** @file Matrix products of TensorFlow, plain, batched and fused with what follows. */
import { add, matmul } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { float } from "../features.js";
import { permute } from "../rearrange.js";
import type { Call, Rules } from "../rule.js";
import { Twin } from "../twin.js";
import { fusedOf } from "./convolution.js";

function matrixTransposed(x: Value): Value {
  const last = x.rank - 1;
  return permute(x, [...x.shape.keys()].slice(0, -2).concat(last, last - 1));
}

/** a·b over the last two axes, either transposed first. */
export function product(a: Value, b: Value, bias: Value | null): Value {
  if (bias === null) return matmul(float(a), float(b));
  if (a.rank === 2 && b.rank === 2) return emit("Gemm", [float(a), float(b), bias])[0];
  return add(matmul(float(a), float(b)), bias);
}

function matrixProduct(call: Call): Twin {
  const { attributes } = call;
  const flips = (names: readonly string[]) => names.some((name) => attributes.boolean(name, false));
  const a = flips(["transpose_a", "adj_x", "adjX"]) ? matrixTransposed(call.own(0)) : call.own(0);
  const b = flips(["transpose_b", "adj_y", "adjY"]) ? matrixTransposed(call.own(1)) : call.own(1);
  const { bias, activate } = fusedOf(call);
  return activate(Twin.own(product(a, b, bias)));
}

export const linearRules: Rules = {
  MatMul: matrixProduct,
  _FusedMatMul: matrixProduct,
  BatchMatMul: matrixProduct,
  BatchMatMulV2: matrixProduct,
  Einsum: (call) => {
    const equation = call.attributes.string("equation", "", { keepCase: true });
    return Twin.own(
      emit(
        "Einsum",
        call.inputs.map((x) => float(x.own)),
        { equation },
      )[0],
    );
  },
};
