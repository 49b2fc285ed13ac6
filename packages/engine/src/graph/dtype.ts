/** @file Element types of values, and the typed arrays that hold them. */

/**
 * The element types a graph computes with. Half, bfloat16 and double precision are read as `float32`: the engine
 * computes in single precision throughout.
 */
export type DType =
  | "float32"
  | "int64"
  | "int32"
  | "int16"
  | "int8"
  | "uint64"
  | "uint32"
  | "uint16"
  | "uint8"
  | "bool"
  | NarrowType;

/**
 * Types of eight bits and fewer that weights are stored in. They are read as `float32`, `int8` or `uint8`; in a graph
 * they stand only between two casts, which round to them.
 */
export type NarrowType =
  | "float8e4m3fn"
  | "float8e4m3fnuz"
  | "float8e5m2"
  | "float8e5m2fnuz"
  | "float8e8m0"
  | "float4e2m1"
  | "uint4"
  | "int4"
  | "uint2"
  | "int2";

/** The typed arrays that hold a tensor's elements, as ONNX Runtime takes them (bool as bytes). */
export type TensorData =
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | BigUint64Array
  | Uint32Array
  | Uint16Array
  | Uint8Array;

type ArrayConstructor = {
  new (length: number): TensorData;
  new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): TensorData;
  readonly BYTES_PER_ELEMENT: number;
};

interface DTypeFacts {
  /** Value of `TensorProto.DataType` in onnx.proto. */
  readonly onnx: number;
  readonly array: ArrayConstructor;
  readonly integer: boolean;
  /** Of a narrow type: what it is read as, and the first ONNX operator set that has it. */
  readonly narrow?: { readonly wide: DType; readonly since: number };
}

const narrow = (onnx: number, wide: "float32" | "int8" | "uint8", since: number): DTypeFacts => ({
  onnx,
  array: Uint8Array as ArrayConstructor,
  integer: wide !== "float32",
  narrow: { wide, since },
});

/** Per element type: its code in onnx.proto (`TensorProto.DataType`) and its array. */
export const dtypes: Readonly<Record<DType, DTypeFacts>> = {
  float32: { onnx: 1, array: Float32Array as ArrayConstructor, integer: false },
  uint8: { onnx: 2, array: Uint8Array as ArrayConstructor, integer: true },
  int8: { onnx: 3, array: Int8Array as ArrayConstructor, integer: true },
  uint16: { onnx: 4, array: Uint16Array as ArrayConstructor, integer: true },
  int16: { onnx: 5, array: Int16Array as ArrayConstructor, integer: true },
  int32: { onnx: 6, array: Int32Array as ArrayConstructor, integer: true },
  int64: { onnx: 7, array: BigInt64Array as unknown as ArrayConstructor, integer: true },
  bool: { onnx: 9, array: Uint8Array as ArrayConstructor, integer: false },
  uint32: { onnx: 12, array: Uint32Array as ArrayConstructor, integer: true },
  uint64: { onnx: 13, array: BigUint64Array as unknown as ArrayConstructor, integer: true },
  float8e4m3fn: narrow(17, "float32", 19),
  float8e4m3fnuz: narrow(18, "float32", 19),
  float8e5m2: narrow(19, "float32", 19),
  float8e5m2fnuz: narrow(20, "float32", 19),
  uint4: narrow(21, "uint8", 21),
  int4: narrow(22, "int8", 21),
  float4e2m1: narrow(23, "float32", 23),
  float8e8m0: narrow(24, "float32", 24),
  uint2: narrow(25, "uint8", 25),
  int2: narrow(26, "int8", 25),
};

const byOnnxCode = new Map<number, DType>(Object.entries(dtypes).map(([name, facts]) => [facts.onnx, name as DType]));

/** The narrow type with a `TensorProto.DataType` code, or undefined where that is not one. */
export function narrowTypeOfOnnxCode(code: number): NarrowType | undefined {
  const dtype = byOnnxCode.get(code);
  return dtype !== undefined && dtypes[dtype].narrow !== undefined ? (dtype as NarrowType) : undefined;
}

/** Codes of the floating types that are read as float32: float16, double, bfloat16. */
const narrowedToFloat32: ReadonlySet<number> = new Set([10, 11, 16]);

/** The element type that a `TensorProto.DataType` code is computed in, or undefined when there is none here. */
export function dtypeOfOnnxCode(code: number): DType | undefined {
  if (narrowedToFloat32.has(code)) return "float32";
  const dtype = byOnnxCode.get(code);
  return dtype === undefined ? undefined : (dtypes[dtype].narrow?.wide ?? dtype);
}

/** Names of `TensorProto.DataType` codes that have no element type here, for messages. */
export const unsupportedCodeNames: Readonly<Record<number, string>> = {
  0: "undefined",
  8: "string",
  14: "complex64",
  15: "complex128",
};
