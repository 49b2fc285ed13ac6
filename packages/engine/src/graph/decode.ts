/** @file Decodes protobuf messages of onnx.proto. Byte fields are views into the file, never copies. */
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { NoemaError } from "./error.js";
import { type Field, type MessageName, type ModelProto, schema, type TensorProto } from "./onnx-schema.js";

/** Deepest nesting of messages: models hold graphs in attributes, a hostile file could hold thousands. */
const maxDepth = 64;

/** Decodes a serialized ModelProto. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  return decodeFile("Model", bytes, "model file") as ModelProto;
}

/** Decodes a serialized TensorProto. */
export function decodeTensor(bytes: Uint8Array): TensorProto {
  return decodeFile("Tensor", bytes, "tensor file") as TensorProto;
}

function decodeFile(name: MessageName, bytes: Uint8Array, where: string): Record<string, unknown> {
  try {
    return decode(name, bytes, 0);
  } catch (error) {
    if (error instanceof NoemaError) throw error;
    throw new NoemaError("MODEL_CORRUPT", {
      where,
      found: `not a readable ONNX file (${(error as Error).message})`,
      remedy: "It may be truncated, or not an ONNX model at all.",
      cause: error,
    });
  }
}

function decode(name: MessageName, bytes: Uint8Array, depth: number): Record<string, unknown> {
  if (depth > maxDepth) {
    throw new NoemaError("MODEL_CORRUPT", { where: "model file", found: `messages nested deeper than ${maxDepth}` });
  }
  const fields = schema[name];
  const result: Record<string, unknown> = {};
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    const field = fields[number];
    if (field === undefined) reader.skip(wire, number);
    else decodeField(result, field, reader, wire, number, depth);
  }
  return result;
}

function decodeField(
  result: Record<string, unknown>,
  field: Field,
  reader: BinaryReader,
  wire: WireType,
  number: number,
  depth: number,
): void {
  const { name } = field;
  const list = <T>() => {
    result[name] ??= [];
    return result[name] as T[];
  };
  if (wire === expectedWire[field.kind]) {
    if (field.kind === "message") result[name] = decode(field.message!, reader.bytes(), depth + 1);
    else if (field.kind === "messages") list().push(decode(field.message!, reader.bytes(), depth + 1));
    else if (field.kind === "int") result[name] = BigInt(reader.int64());
    else if (field.kind === "ints") list().push(BigInt(reader.int64()));
    else if (field.kind === "uints") list().push(BigInt(reader.uint64()));
    else if (field.kind === "float") result[name] = reader.float();
    else if (field.kind === "floats") list().push(fixedBytes(reader, 4));
    else if (field.kind === "doubles") list().push(fixedBytes(reader, 8));
    else if (field.kind === "bytes") result[name] = reader.bytes();
    else if (field.kind === "blobs") list().push(reader.bytes());
    else if (field.kind === "string") result[name] = reader.string();
    else list().push(reader.string());
  } else if (wire === WireType.LengthDelimited && field.kind in packedKinds) {
    decodePacked(list(), field, reader.bytes());
  } else {
    reader.skip(wire, number);
    throw new Error(`field ${name} has wire type ${wire}`);
  }
}

const expectedWire: Readonly<Record<Field["kind"], WireType>> = {
  message: WireType.LengthDelimited,
  messages: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
  blobs: WireType.LengthDelimited,
  string: WireType.LengthDelimited,
  strings: WireType.LengthDelimited,
  int: WireType.Varint,
  ints: WireType.Varint,
  uints: WireType.Varint,
  float: WireType.Bit32,
  floats: WireType.Bit32,
  doubles: WireType.Bit64,
};

const packedKinds = { ints: true, uints: true, floats: true, doubles: true };

function decodePacked(list: unknown[], field: Field, bytes: Uint8Array): void {
  if (field.kind === "floats" || field.kind === "doubles") {
    list.push(bytes);
    return;
  }
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) list.push(BigInt(field.kind === "ints" ? reader.int64() : reader.uint64()));
}

function fixedBytes(reader: BinaryReader, width: 4 | 8): Uint8Array {
  const out = new Uint8Array(width);
  const view = new DataView(out.buffer);
  if (width === 4) view.setFloat32(0, reader.float(), true);
  else view.setFloat64(0, reader.double(), true);
  return out;
}
