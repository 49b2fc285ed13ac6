/** @file Encodes protobuf messages of onnx.proto by the schema that they are decoded by. For tests: any nonsense is written. */
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { type Field, type MessageName, type ModelProto, schema, type TensorProto } from "./onnx-schema.js";

export interface EncodeOptions {
  /** Numbers of repeated fields in one run each (proto3's way) instead of one tag each (proto2's). */
  readonly packed?: boolean;
}

/** Serializes a decoded ModelProto again. */
export function encodeModel(proto: ModelProto, options: EncodeOptions = {}): Uint8Array {
  return encode("Model", proto as Record<string, unknown>, options);
}

/** Serializes a decoded TensorProto again. */
export function encodeTensor(proto: TensorProto, options: EncodeOptions = {}): Uint8Array {
  return encode("Tensor", proto as Record<string, unknown>, options);
}

function encode(name: MessageName, proto: Record<string, unknown>, options: EncodeOptions): Uint8Array {
  const out = new BinaryWriter();
  for (const [number, field] of Object.entries(schema[name])) {
    const value = proto[field.name];
    if (value !== undefined) encodeField(out, Number(number), field, value, options);
  }
  return out.finish();
}

function encodeField(out: BinaryWriter, number: number, field: Field, value: unknown, options: EncodeOptions): void {
  const { kind } = field;
  const bytes = (part: Uint8Array) => out.tag(number, WireType.LengthDelimited).bytes(part);
  const message = (part: unknown) => bytes(encode(field.message!, part as Record<string, unknown>, options));
  if (kind === "message") message(value);
  else if (kind === "messages") for (const part of value as unknown[]) message(part);
  else if (kind === "string") out.tag(number, WireType.LengthDelimited).string(value as string);
  else if (kind === "strings") for (const part of value as string[]) bytes(new TextEncoder().encode(part));
  else if (kind === "bytes") bytes(value as Uint8Array);
  else if (kind === "blobs") for (const part of value as Uint8Array[]) bytes(part);
  else if (kind === "int") out.tag(number, WireType.Varint).int64(value as bigint);
  else if (kind === "float") out.tag(number, WireType.Bit32).float(value as number);
  else if (kind === "ints" || kind === "uints") varints(out, number, value as bigint[], kind, options);
  else for (const run of value as Uint8Array[]) numbers(out, number, run, kind === "floats" ? 4 : 8, options);
}

function varints(
  out: BinaryWriter,
  number: number,
  values: readonly bigint[],
  kind: "ints" | "uints",
  { packed = false }: EncodeOptions,
): void {
  const write = (to: BinaryWriter, v: bigint) => (kind === "ints" ? to.int64(v) : to.uint64(v));
  if (!packed) for (const v of values) write(out.tag(number, WireType.Varint), v);
  else {
    out.tag(number, WireType.LengthDelimited).fork();
    for (const v of values) write(out, v);
    out.join();
  }
}

function numbers(
  out: BinaryWriter,
  number: number,
  run: Uint8Array,
  width: 4 | 8,
  { packed = false }: EncodeOptions,
): void {
  if (packed) {
    out.tag(number, WireType.LengthDelimited).bytes(run);
    return;
  }
  const view = new DataView(run.buffer, run.byteOffset, run.byteLength);
  for (let at = 0; at + width <= run.byteLength; at += width) {
    if (width === 4) out.tag(number, WireType.Bit32).float(view.getFloat32(at, true));
    else out.tag(number, WireType.Bit64).double(view.getFloat64(at, true));
  }
}
