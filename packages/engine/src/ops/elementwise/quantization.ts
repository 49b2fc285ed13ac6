/** @file What QuantizeLinear and DequantizeLinear share: scales per tensor, per slice of an axis, or per block along it. */
import { gather, normalizeAxis, reshape } from "../../graph/builder.js";
import { type DType, dtypeOfOnnxCode, dtypes, unsupportedCodeNames } from "../../graph/dtype.js";
import { intsValue } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, type Nd, stridesOf } from "../../graph/nd.js";
import type { Value } from "../../graph/value.js";

export interface Granularity {
  readonly axis: number;
  readonly block_size: number;
}

/** Element type of an optional `output_dtype` attribute; 0 stands for the fallback. */
export function outputType(code: number, fallback: DType): DType {
  const dtype = code === 0 ? fallback : dtypeOfOnnxCode(code);
  if (dtype !== undefined) return dtype;
  throw new NoemaError("DTYPE_UNSUPPORTED", {
    found: `output_dtype is ${unsupportedCodeNames[code] ?? code}`,
    needed: `supported are ${Object.keys(dtypes).join(", ")}, float16, bfloat16 and double`,
  });
}

/** Throws where scale and zero point do not fit x. */
export function checkScale(x: Value, scale: Value, zeroPoint: Value | null | undefined, given: Granularity): void {
  const single = zeroPoint?.size === 1 && scale.size === 1;
  if (zeroPoint && !single && zeroPoint.shape.join() !== scale.shape.join()) {
    throw new NoemaError("QUANTIZATION_SHAPE", {
      found: `zero point of shape [${zeroPoint.shape.join(", ")}], scale of [${scale.shape.join(", ")}]`,
      needed: "they must be equal",
    });
  }
  if (scale.size === 1 && given.block_size === 0) return;
  const axis = normalizeAxis(given.axis, x.rank);
  const length = x.shape[axis];
  const needed = x.shape.map((d, i) => (i === axis ? Math.ceil(length / given.block_size) : d));
  if (given.block_size === 0 ? scale.rank !== 1 || scale.shape[0] !== length : scale.shape.join() !== needed.join()) {
    throw new NoemaError("QUANTIZATION_SHAPE", {
      found: `scale has shape [${scale.shape.join(", ")}]`,
      needed: `an input of shape [${x.shape.join(", ")}] needs ${given.block_size === 0 ? `[${length}] or one number` : `[${needed.join(", ")}]`}`,
    });
  }
}

/** A scale or zero point in a shape that broadcasts to x. */
export function alongAxis(x: Value, scale: Value, { axis, block_size }: Granularity): Value {
  if (block_size === 0) return scale.size === 1 ? reshape(scale, []) : reshape(scale, axisShape(x, axis));
  const position = normalizeAxis(axis, x.rank);
  const blocks = Array.from({ length: x.shape[position] }, (_, i) => Math.floor(i / block_size));
  return gather(scale, intsValue(blocks), position);
}

function axisShape(x: Value, axis: number): number[] {
  const position = normalizeAxis(axis, x.rank);
  return x.shape.map((d, i) => (i === position ? d : 1));
}

/** x combined elementwise with its scale and zero point. */
export function mapScaled(
  [x, scale, zeroPoint]: readonly Nd[],
  { axis, block_size }: Granularity,
  f: (x: number, scale: number, zeroPoint: number) => number,
): Nd {
  const position = normalizeAxis(axis, x.dims.length);
  const strides = stridesOf(x.dims);
  const scaleStrides = stridesOf(scale.dims);
  return fromIndex(x.dims, (index) => {
    const block = index.map((d, i) => (i === position ? Math.floor(d / block_size) : d));
    const perAxis = scale.data.length === 1 ? 0 : index[position];
    const at = block_size === 0 ? perAxis : flatIndex(block, scaleStrides);
    return f(x.data[flatIndex(index, strides)], scale.data[at], zeroPoint?.data[at] ?? 0);
  });
}

/** Least and greatest number of an integer element type. */
export function rangeOf(dtype: DType): readonly [number, number] {
  const bits = dtypes[dtype].array.BYTES_PER_ELEMENT * 8;
  return dtype.startsWith("u") ? [0, 2 ** bits - 1] : [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1];
}
