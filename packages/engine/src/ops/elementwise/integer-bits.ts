/** @file Integers as bits of their element type, for oracles. Past 2^53 the last bits are lost. */
import { type DType, dtypes } from "../../graph/dtype.js";

/** An integer cut to the width of an element type. */
export function wrapped(value: bigint, dtype: DType): number {
  const width = dtypes[dtype].array.BYTES_PER_ELEMENT * 8;
  return Number(dtype.startsWith("u") ? BigInt.asUintN(width, value) : BigInt.asIntN(width, value));
}
