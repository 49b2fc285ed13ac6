/** @file Gemm: y = alpha · A' · B' + beta · C, where ' transposes as the attributes say and C broadcasts. */
import { float, int } from "../../graph/attribute.js";
import { mul } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { broadcastStrides, flatIndex, fromIndex, tryBroadcast } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";

interface Transposed {
  readonly transA: number;
  readonly transB: number;
}

/** Rows, inner size and columns of the product. */
function productSizes(a: readonly number[], b: readonly number[], { transA, transB }: Transposed) {
  if (a.length !== 2 || b.length !== 2) {
    throw new NoemaError("GEMM_RANK", {
      found: `A has shape [${a.join(", ")}], B has [${b.join(", ")}]`,
      needed: "both must be matrices",
    });
  }
  const [m, k] = transA ? [a[1], a[0]] : a;
  const [inner, n] = transB ? [b[1], b[0]] : b;
  if (k !== inner) {
    throw new NoemaError("GEMM_SHAPES", {
      found: `A has ${k} columns and B has ${inner} rows, transposes taken into account`,
      needed: "these must be equal",
    });
  }
  return { m, k, n };
}

function gemm(a: Value, b: Value, transA: number, transB: number, alpha: number): Value {
  return emit("Gemm", [a, b], { alpha, transA, transB })[0];
}

export const Gemm = defineOp({
  name: "Gemm",
  since: 13,
  attributes: { alpha: float(1), beta: float(1), transA: int(0), transB: int(0) },
  shape: ([a, b, c], attributes) => {
    const { m, n } = productSizes(a.shape, b.shape, attributes);
    const fits = !c || tryBroadcast([c.shape, [m, n]])?.join() === [m, n].join();
    if (!fits) {
      throw new NoemaError("GEMM_SHAPES", {
        found: `C has shape [${c.shape.join(", ")}]`,
        needed: `it must broadcast to [${m}, ${n}]`,
      });
    }
    return [{ dtype: a.dtype, shape: [m, n] }];
  },
  gradient: ({ inputs: [a, b, c], outputGradients: [g], attributes, wanted }) => {
    const { alpha, beta } = attributes;
    const [transA, transB] = [attributes.transA ? 1 : 0, attributes.transB ? 1 : 0];
    const toA = () => (transA ? gemm(b, g, transB, 1, alpha) : gemm(g, b, 0, 1 - transB, alpha));
    const toB = () => (transB ? gemm(g, a, 1, transA, alpha) : gemm(a, g, 1 - transA, 0, alpha));
    const toC = () => (beta === 1 ? g : mul(g, beta));
    return [wanted[0] ? toA() : null, wanted[1] ? toB() : null, c && wanted[2] ? toC() : null];
  },
  oracle: ([a, b, c], attributes) => {
    const { m, k, n } = productSizes(a.dims, b.dims, attributes);
    const [aRow, aColumn] = attributes.transA ? [1, m] : [k, 1];
    const [bRow, bColumn] = attributes.transB ? [1, k] : [n, 1];
    const cStrides = c && broadcastStrides(c.dims, [m, n]);
    return [
      fromIndex([m, n], ([i, j]) => {
        let sum = 0;
        for (let l = 0; l < k; l++) sum += a.data[i * aRow + l * aColumn] * b.data[l * bRow + j * bColumn];
        return attributes.alpha * sum + (c ? attributes.beta * c.data[flatIndex([i, j], cStrides)] : 0);
      }),
    ];
  },
  multiplyAdds: ([a], [y], { transA }) => y.size * a.shape[transA ? 0 : 1],
  cases: [
    { inputs: [uniform([2, 3]), uniform([3, 4]), uniform([4])] },
    { inputs: [uniform([2, 3]), uniform([4, 3]), uniform([2, 1])], attributes: { transB: 1, alpha: 0.5, beta: 2 } },
    { inputs: [uniform([3, 2]), uniform([3, 4])], attributes: { transA: 1 } },
    { inputs: [uniform([3, 2]), uniform([4, 3]), uniform([])], attributes: { transA: 1, transB: 1, alpha: -1 } },
  ],
});
