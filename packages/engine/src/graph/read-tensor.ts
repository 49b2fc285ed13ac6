/** @file TensorProto to Tensor: raw, typed and external data; half and double precision become single. */
import { decodeTensor } from "./decode.js";
import {
  type DType,
  dtypeOfOnnxCode,
  dtypes,
  narrowTypeOfOnnxCode,
  type TensorData,
  unsupportedCodeNames,
} from "./dtype.js";
import { NoemaError } from "./error.js";
import { narrowBits, unpackNarrow } from "./narrow.js";
import type { EntryProto, TensorProto } from "./onnx-schema.js";
import { maxElements, maxRank, sizeOf, Tensor } from "./tensor.js";

/** Brings the bytes of a tensor that is stored beside the model. `length` is undefined for "to the end of the file". */
export type ExternalData = (location: string, offset: number, length: number | undefined) => Uint8Array;

/** The element type of a `TensorProto.DataType` code. Throws for those no program computes with here. */
export function dtypeOf(code: bigint | undefined, where: string): DType {
  const dtype = dtypeOfOnnxCode(Number(code ?? 0n));
  if (dtype === undefined) {
    throw new NoemaError("DTYPE_UNSUPPORTED", {
      where,
      found: `element type ${unsupportedCodeNames[Number(code ?? 0n)] ?? code}`,
      needed: `supported are ${Object.keys(dtypes).join(", ")}, float16, bfloat16 and double`,
    });
  }
  return dtype;
}

/** Reads a serialized TensorProto, as data sets of the ONNX standard's tests hold them (`input_0.pb`). */
export function readTensorFile(bytes: Uint8Array): { readonly name: string; readonly tensor: Tensor } {
  const proto = decodeTensor(bytes);
  return { name: proto.name ?? "", tensor: readTensor(proto, "tensor file", undefined) };
}

/** Reads a constant. Float data is left where it is, in the file's bytes. */
export function readTensor(proto: TensorProto, where: string, external: ExternalData | undefined): Tensor {
  const dims = (proto.dims ?? []).map(Number);
  checkDims(dims, where);
  const size = sizeOf(dims);
  const code = Number(proto.dataType ?? 0n);
  const dtype = dtypeOf(proto.dataType, where);
  const needed = Math.ceil((size * fileBits(code)) / 8);
  const bytes = proto.location === 1n ? externalBytes(proto, where, needed, external) : proto.raw;
  if (bytes !== undefined && (bytes.byteLength > 0 || size === 0)) {
    if (bytes.byteLength !== needed) throw wrongSize(where, dims, bytes.byteLength, needed);
    return fromBytes(code, dtype, dims, bytes);
  }
  return fromTyped(proto, code, dtype, dims, where);
}

/** Refuses dimensions that no tensor can have. */
export function checkDims(dims: readonly number[], where: string): void {
  const whole = dims.every((d) => Number.isSafeInteger(d) && d >= 0);
  if (whole && dims.length <= maxRank && sizeOf(dims) <= maxElements) return;
  const shown = dims.length <= maxRank ? `dimensions [${dims.join(", ")}]` : `${dims.length} dimensions`;
  throw new NoemaError("TENSOR_TOO_LARGE", {
    where,
    found: shown,
    needed: `at most ${maxRank} whole numbers, and at most ${maxElements} elements`,
  });
}

/** Bits per element in the file, by `TensorProto.DataType`. */
function fileBits(code: number): number {
  if (code === 10 || code === 16) return 16;
  if (code === 11) return 64;
  const narrow = narrowTypeOfOnnxCode(code);
  return narrow === undefined ? 8 * dtypes[dtypeOfOnnxCode(code)!].array.BYTES_PER_ELEMENT : narrowBits[narrow];
}

function fromBytes(code: number, dtype: DType, dims: readonly number[], bytes: Uint8Array): Tensor {
  const narrow = narrowTypeOfOnnxCode(code);
  if (narrow !== undefined) {
    return Tensor.lazy(dtype, dims, () => {
      const out = new dtypes[dtype].array(sizeOf(dims)) as Float32Array | Int8Array | Uint8Array;
      unpackNarrow(narrow, bytes, out);
      return out;
    });
  }
  if (code !== 10 && code !== 11 && code !== 16) return Tensor.ofBytes(dtype, dims, bytes);
  return Tensor.lazy(dtype, dims, () => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const out = new Float32Array(sizeOf(dims));
    if (code === 11) for (let i = 0; i < out.length; i++) out[i] = view.getFloat64(8 * i, true);
    else if (code === 10) for (let i = 0; i < out.length; i++) out[i] = halfToFloat(view.getUint16(2 * i, true));
    else widenBfloat16(view, out);
    return out;
  });
}

/** The value of an IEEE 754 half-precision number. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** bfloat16 is the upper half of a float32. */
function widenBfloat16(view: DataView, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer);
  for (let i = 0; i < out.length; i++) bits[i] = view.getUint16(2 * i, true) << 16;
}

function fromTyped(proto: TensorProto, code: number, dtype: DType, dims: readonly number[], where: string): Tensor {
  const size = sizeOf(dims);
  const check = (found: number) => {
    if (found !== size) {
      throw new NoemaError("TENSOR_SIZE", {
        where,
        found: `${found} elements`,
        needed: `dimensions [${dims.join(", ")}] need ${size}`,
      });
    }
  };
  if (code === 1 || code === 11) {
    const runs = (code === 1 ? proto.floats : proto.doubles) ?? [];
    const width = code === 1 ? 4 : 8;
    const total = runs.reduce((sum, run) => sum + run.byteLength, 0);
    check(total / width);
    return fromBytes(code, dtype, dims, runs.length === 1 ? runs[0]! : joined(runs, total));
  }
  if (code === 10 || code === 16) {
    const bits = proto.int32s ?? [];
    check(bits.length);
    return fromBytes(code, dtype, dims, new Uint8Array(Uint16Array.from(bits, (v) => Number(v & 0xffffn)).buffer));
  }
  if (narrowTypeOfOnnxCode(code) !== undefined) {
    // Each number is one byte, which may hold several elements.
    const packed = proto.int32s ?? [];
    if (packed.length !== Math.ceil((size * fileBits(code)) / 8)) check(packed.length);
    return fromBytes(
      code,
      dtype,
      dims,
      Uint8Array.from(packed, (v) => Number(v & 0xffn)),
    );
  }
  const numbers = (code === 7 ? proto.int64s : code === 12 || code === 13 ? proto.uint64s : proto.int32s) ?? [];
  check(numbers.length);
  const data = new dtypes[dtype].array(size) as TensorData;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.set(numbers);
  else data.set(numbers.map(Number));
  return Tensor.of(dtype, dims, data);
}

function joined(runs: readonly Uint8Array[], total: number): Uint8Array {
  const out = new Uint8Array(total);
  let at = 0;
  for (const run of runs) {
    out.set(run, at);
    at += run.byteLength;
  }
  return out;
}

function externalBytes(
  proto: TensorProto,
  where: string,
  needed: number,
  external: ExternalData | undefined,
): Uint8Array {
  const entries = new Map((proto.external ?? []).map((e: EntryProto) => [e.key ?? "", e.value ?? ""]));
  const location = entries.get("location") ?? "";
  const offset = Number(entries.get("offset") ?? 0);
  const length = entries.has("length") ? Number(entries.get("length")) : undefined;
  if (location === "" || !Number.isSafeInteger(offset) || offset < 0 || (length !== undefined && length !== needed)) {
    throw new NoemaError("EXTERNAL_DATA", {
      where,
      found: `external data at "${location}", offset ${offset}, length ${length ?? "to the end"}`,
      needed: `${needed} bytes`,
    });
  }
  if (external === undefined) {
    throw new NoemaError("EXTERNAL_DATA", {
      where,
      found: `its data is in another file, "${location}"`,
      remedy: "Pass `externalData` to readModel, or open the model by its path.",
    });
  }
  return external(location, offset, needed);
}

function wrongSize(where: string, dims: readonly number[], found: number, needed: number): NoemaError {
  return new NoemaError("TENSOR_SIZE", {
    where,
    found: `${found} bytes of data`,
    needed: `dimensions [${dims.join(", ")}] need ${needed}`,
  });
}
