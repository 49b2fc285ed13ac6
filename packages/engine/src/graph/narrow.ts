/**
 * @file Element types of eight bits and fewer that weights are stored in: their numbers, and rounding to them.
 * Formats: onnx.proto and "Float stored in 8 bits" of the ONNX documentation; Micikevicius et al., FP8 Formats for Deep
 * Learning (2022); OCP Microscaling Formats 1.0 for float4e2m1 and float8e8m0.
 */
import type { NarrowType } from "./dtype.js";

interface FloatFormat {
  readonly exponentBits: number;
  readonly mantissaBits: number;
  readonly bias: number;
  /** Where infinities and NaN are: as in IEEE 754; only NaN, all bits set; only NaN, in place of −0; neither. */
  readonly special: "ieee" | "nan" | "nan as -0" | "none";
}

const floatFormats: Partial<Readonly<Record<NarrowType, FloatFormat>>> = {
  float8e4m3fn: { exponentBits: 4, mantissaBits: 3, bias: 7, special: "nan" },
  float8e4m3fnuz: { exponentBits: 4, mantissaBits: 3, bias: 8, special: "nan as -0" },
  float8e5m2: { exponentBits: 5, mantissaBits: 2, bias: 15, special: "ieee" },
  float8e5m2fnuz: { exponentBits: 5, mantissaBits: 2, bias: 16, special: "nan as -0" },
  float4e2m1: { exponentBits: 2, mantissaBits: 1, bias: 1, special: "none" },
};

/** Bits of one element in a file. */
export const narrowBits: Readonly<Record<NarrowType, number>> = {
  float8e4m3fn: 8,
  float8e4m3fnuz: 8,
  float8e5m2: 8,
  float8e5m2fnuz: 8,
  float8e8m0: 8,
  float4e2m1: 4,
  int4: 4,
  uint4: 4,
  int2: 2,
  uint2: 2,
};

const tables = new Map<NarrowType, Float64Array>();

/** The number of every bit pattern, by the pattern. */
export function narrowNumbers(type: NarrowType): Float64Array {
  let table = tables.get(type);
  if (table === undefined) {
    table = Float64Array.from({ length: 2 ** narrowBits[type] }, (_, bits) => numberOf(type, bits));
    tables.set(type, table);
  }
  return table;
}

function numberOf(type: NarrowType, bits: number): number {
  if (type === "uint4" || type === "uint2") return bits;
  if (type === "int4" || type === "int2")
    return bits - (bits >= 2 ** (narrowBits[type] - 1) ? 2 ** narrowBits[type] : 0);
  if (type === "float8e8m0") return bits === 255 ? Number.NaN : 2 ** (bits - 127);
  const { exponentBits, mantissaBits, bias, special } = floatFormats[type]!;
  const signBit = 2 ** (exponentBits + mantissaBits);
  const sign = bits >= signBit ? -1 : 1;
  const magnitude = bits % signBit;
  const exponent = magnitude >> mantissaBits;
  const fraction = magnitude % 2 ** mantissaBits;
  if (special === "nan as -0" && bits === signBit) return Number.NaN;
  if (special === "nan" && magnitude === signBit - 1) return Number.NaN;
  if (special === "ieee" && exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias - mantissaBits);
  return sign * (1 + fraction / 2 ** mantissaBits) * 2 ** (exponent - bias);
}

/**
 * A number as the type holds it (ONNX, Cast): floats to the nearest, halves to even, beyond the largest to the largest or,
 * without `saturate`, to what the type has for that; powers of two upwards; integers rounded and wrapped.
 */
export function narrowed(type: NarrowType, x: number, saturate: boolean): number {
  const format = floatFormats[type];
  if (format === undefined && type !== "float8e8m0") {
    const range = 2 ** narrowBits[type];
    // Halves away from zero, as ONNX Runtime does.
    const whole = Number.isFinite(x) ? Math.sign(x) * Math.floor(Math.abs(x) + 0.5) : 0;
    const wrapped = ((whole % range) + range) % range;
    return narrowNumbers(type)[wrapped];
  }
  if (Number.isNaN(x)) return Number.NaN;
  if (format === undefined) return powerOfTwo(x, saturate);
  const magnitudes = narrowNumbers(type).subarray(0, 2 ** (format.exponentBits + format.mantissaBits));
  const largest = magnitudes.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, v) : m), 0);
  const size = roundTo(format, Math.abs(x));
  if (size > largest && !saturate) {
    return format.special === "ieee" ? Math.sign(x) * Number.POSITIVE_INFINITY : Number.NaN;
  }
  const y = Math.sign(x) * Math.min(size, largest);
  return y === 0 && format.special === "nan as -0" ? 0 : y;
}

/** Nearest multiple of the spacing of numbers at this magnitude, halves to even; the exponent range is unlimited above. */
function roundTo({ mantissaBits, bias }: FloatFormat, size: number): number {
  if (size === 0 || !Number.isFinite(size)) return size;
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  else if (2 ** (exponent + 1) <= size) exponent++;
  const spacing = 2 ** (Math.max(exponent, 1 - bias) - mantissaBits);
  return roundHalfEven(size / spacing) * spacing;
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const up = x - below > 0.5 || (x - below === 0.5 && below % 2 !== 0);
  return below + Number(up);
}

function powerOfTwo(x: number, saturate: boolean): number {
  if (x <= 2 ** -127) return 2 ** -127;
  let exponent = Math.ceil(Math.log2(x));
  if (2 ** exponent < x) exponent++;
  else if (2 ** (exponent - 1) >= x) exponent--;
  if (exponent > 127) return saturate ? 2 ** 127 : Number.NaN;
  return 2 ** exponent;
}

/** Unpacks elements: several share a byte, the first in its lowest bits. */
export function unpackNarrow(type: NarrowType, bytes: Uint8Array, out: Float32Array | Int8Array | Uint8Array): void {
  const numbers = narrowNumbers(type);
  const bits = narrowBits[type];
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let i = 0; i < out.length; i++) {
    out[i] = numbers[(bytes[Math.floor(i / perByte)] >> (bits * (i % perByte))) & mask];
  }
}
