/** @file What the integer products share: zero points taken off, and results brought back to eight bits. */

import type { DType } from "../../graph/dtype.js";
import { broadcastStrides, flatIndex, fromIndex, type Nd, stridesOf, zip } from "../../graph/nd.js";
import { rangeOf } from "../elementwise/quantization.js";
import { roundHalfEven } from "../special-functions.js";

/** x minus its zero point: one number, one per row (left operand), or one per column (right operand). */
export function centredMatrix(x: Nd, zeroPoint: Nd | null | undefined, per: "row" | "column"): Nd {
  if (!zeroPoint) return x;
  return zip([x, perMatrix(zeroPoint, per)], (v, zero) => v - zero);
}

/** A scale or zero point in a shape that broadcasts to the matrix. */
export function perMatrix(parameter: Nd, per: "row" | "column"): Nd {
  const list = parameter.dims.length === 1 && parameter.data.length > 1;
  return list && per === "row" ? { dims: [parameter.data.length, 1], data: parameter.data } : parameter;
}

/** One number per channel (or one for all) in a shape that broadcasts along axis `axis` of an array of rank `rank`. */
export function perChannel(parameter: Nd, axis: number, rank: number): Nd {
  const dims = Array.from({ length: rank }, (_, i) => (i === axis ? parameter.data.length : 1));
  return { dims, data: parameter.data };
}

/** round(real / scale) + zero point, kept within the element type. */
export function requantize(real: Nd, scale: Nd, zeroPoint: Nd, dtype: DType): Nd {
  const [low, high] = rangeOf(dtype);
  const strides = [scale, zeroPoint].map((p) => broadcastStrides(p.dims, real.dims));
  const own = stridesOf(real.dims);
  return fromIndex(real.dims, (index) => {
    const [s, zero] = [scale, zeroPoint].map((p, i) => p.data[flatIndex(index, strides[i])]);
    return Math.min(high, Math.max(low, roundHalfEven(real.data[flatIndex(index, own)] / s) + zero));
  });
}
