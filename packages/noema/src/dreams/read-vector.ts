/** @file readVector: the numbers of a direction, from a file. */
import { readFileSync, statSync } from "node:fs";
import { NoemaError } from "@noema/engine";
import { reasonOf } from "../models/read-large-file.js";

/** Longer files hold no direction of a layer. */
const maxBytes = 2 ** 26;

/**
 * Reads a JSON list of numbers, a JSON object whose `vector` is one, or NumPy's .npy with one axis (or others of length 1) of
 * float32 or float64.
 *
 * @throws NoemaError VECTOR_MISSING, VECTOR_INVALID
 */
export function readVector(path: string): Float32Array {
  let bytes: Buffer;
  try {
    if (statSync(path).size > maxBytes) throw invalid(path, `it is larger than ${maxBytes} bytes`);
    bytes = readFileSync(path);
  } catch (cause) {
    if (cause instanceof NoemaError) throw cause;
    throw new NoemaError("VECTOR_MISSING", { where: `vector "${path}"`, found: reasonOf(cause), cause });
  }
  const numbers = bytes.toString("latin1", 0, 6) === "\x93NUMPY" ? fromNpy(bytes, path) : fromJson(bytes, path);
  const vector = Float32Array.from(numbers);
  if (vector.length === 0) throw invalid(path, "it holds no numbers");
  const wrong = vector.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0) throw invalid(path, `number ${wrong} of it is ${numbers[wrong]}`);
  return vector;
}

function fromJson(bytes: Buffer, path: string): ArrayLike<number> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString("utf8"));
  } catch (cause) {
    throw invalid(path, `it is neither .npy nor JSON (${(cause as Error).message.slice(0, 100)})`);
  }
  const list = Array.isArray(json) ? json : (json as { vector?: unknown } | null)?.vector;
  if (!Array.isArray(list)) throw invalid(path, "it is another kind of JSON");
  const wrong = list.findIndex((v) => typeof v !== "number");
  if (wrong >= 0) throw invalid(path, `element ${wrong} of it is not a number`);
  return list as number[];
}

/** NumPy's own format (numpy/lib/format.py): a header in Python's words, then the numbers. */
function fromNpy(bytes: Buffer, path: string): ArrayLike<number> {
  const wide = bytes[6] !== 1;
  const start = wide ? 12 : 10;
  if (bytes.length < start) throw invalid(path, "it ends within its header");
  const from = start + (wide ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8));
  const header = bytes.toString("latin1", start, Math.min(from, start + 10_000));
  const kind = /'descr':\s*'<f(4|8)'/.exec(header)?.[1];
  const shape = /'shape':\s*\(([\d, ]*)\)/.exec(header)?.[1];
  if (kind === undefined || shape === undefined) throw invalid(path, "its numbers are not of float32 or float64");
  const dims = shape
    .split(",")
    .filter((dim) => dim.trim() !== "")
    .map(Number);
  const count = dims.reduce((a, b) => a * b, 1);
  if (dims.filter((dim) => dim !== 1).length > 1) throw invalid(path, `its shape is ${dims.join("×")}`);
  const width = Number(kind);
  if (bytes.length - from !== count * width) {
    throw invalid(path, `${bytes.length - from} bytes follow its header, ${count * width} belong there`);
  }
  return Float64Array.from({ length: count }, (_, i) =>
    width === 4 ? bytes.readFloatLE(from + 4 * i) : bytes.readDoubleLE(from + 8 * i),
  );
}

function invalid(path: string, found: string): NoemaError {
  return new NoemaError("VECTOR_INVALID", {
    where: `vector "${path}"`,
    found,
    needed: "a JSON list of numbers, an object with such a list as its vector, or a .npy file of one axis",
  });
}
