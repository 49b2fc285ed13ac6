/** @file readWeights: a tfjs weights manifest over its shards, to tensors that are dequantized when somebody looks. */
import type { DType, TensorData } from "../graph/dtype.js";
import { NoemaError } from "../graph/error.js";
import { maxElements, sizeOf, Tensor } from "../graph/tensor.js";
import { asArray, asRecord, corrupt } from "./json.js";

/** How many bytes an element takes, by the names that manifests use (tfjs-core io/types: DTYPE_VALUE_SIZE_MAP). */
const bytesOf: Readonly<Record<string, number>> = {
  float32: 4,
  float16: 2,
  int32: 4,
  uint16: 2,
  uint8: 1,
  bool: 1,
  complex64: 8,
};

const readable: Readonly<Record<string, DType>> = { float32: "float32", int32: "int32", bool: "bool" };

/** A weight, or why it cannot be read. */
export type Weight = Tensor | NoemaError;

/**
 * The weights of a manifest by name.
 *
 * @param shards the files that the manifest names, in its order; or all of them joined
 * @throws NoemaError MODEL_CORRUPT, WEIGHTS_TRUNCATED
 */
export function readWeights(manifest: unknown, shards: Uint8Array | readonly Uint8Array[]): Map<string, Weight> {
  const stream = new ShardReader(shards instanceof Uint8Array ? [shards] : shards);
  const weights = new Map<string, Weight>();
  for (const group of asArray(manifest ?? [], "weightsManifest")) {
    for (const entry of asArray(asRecord(group, "weightsManifest").weights ?? [], "weightsManifest weights")) {
      const spec = asRecord(entry, "an entry of weightsManifest");
      if (typeof spec.name !== "string") throw corrupt("a weight without a name");
      if (weights.has(spec.name)) throw corrupt(`the weight "${spec.name}" twice`);
      weights.set(spec.name, readWeight(spec.name, spec, stream));
    }
  }
  return weights;
}

function readWeight(name: string, spec: Record<string, unknown>, stream: ShardReader): Weight {
  const where = `weight "${name}"`;
  const dims = asArray(spec.shape ?? [], where).map((d) => Number(d));
  if (!dims.every((d) => Number.isSafeInteger(d) && d >= 0) || sizeOf(dims) > maxElements) {
    throw new NoemaError("MODEL_CORRUPT", {
      where,
      found: `shape [${dims.join(", ").slice(0, 200)}]`,
      needed: `whole numbers, at most ${maxElements} elements`,
    });
  }
  const dtype = String(spec.dtype);
  if (dtype === "string") {
    for (let i = 0; i < sizeOf(dims); i++) stream.skip(stream.length(where), where);
    return unsupported(where, dtype);
  }
  if (spec.quantization !== undefined && spec.quantization !== null) {
    return readQuantized(where, dtype, dims, asRecord(spec.quantization, where), stream);
  }
  const width = bytesOf[dtype];
  if (width === undefined) throw unsupported(where, dtype);
  const bytes = stream.take(sizeOf(dims) * width, where);
  const known = readable[dtype];
  return known === undefined ? unsupported(where, dtype) : Tensor.ofBytes(known, dims, bytes);
}

function unsupported(where: string, dtype: string): NoemaError {
  return new NoemaError("DTYPE_UNSUPPORTED", {
    where,
    found: `elements of type ${dtype}`,
    needed: "float32, int32 and bool are read",
  });
}

function readQuantized(
  where: string,
  dtype: string,
  dims: readonly number[],
  quantization: Record<string, unknown>,
  stream: ShardReader,
): Weight {
  const stored = String(quantization.dtype);
  if (stored !== "uint8" && stored !== "uint16" && stored !== "float16") throw unsupported(where, stored);
  const bytes = stream.take(sizeOf(dims) * bytesOf[stored], where);
  const known = readable[dtype];
  if (known === undefined || known === "bool") return unsupported(where, dtype);
  if (stored === "float16") return Tensor.lazy(known, dims, () => rounded(known, halfToSingle(bytes)));
  const { scale, min } = quantization;
  if (typeof scale !== "number" || typeof min !== "number") {
    throw new NoemaError("MODEL_CORRUPT", { where, found: "quantized without scale and min" });
  }
  return Tensor.lazy(known, dims, () => {
    const codes = stored === "uint8" ? bytes : new Uint16Array(Uint8Array.from(bytes).buffer);
    return rounded(
      known,
      Float32Array.from(codes, (code) => code * scale + min),
    );
  });
}

function rounded(dtype: DType, values: Float32Array): TensorData {
  return dtype === "int32" ? Int32Array.from(values, Math.round) : values;
}

/** Half precision to single (IEEE 754-2019: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits). */
function halfToSingle(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const out = new Float32Array(bytes.byteLength / 2);
  for (let i = 0; i < out.length; i++) {
    const half = view.getUint16(2 * i, true);
    const exponent = (half >> 10) & 31;
    const fraction = half & 1023;
    const magnitude =
      exponent === 31
        ? fraction === 0
          ? Number.POSITIVE_INFINITY
          : Number.NaN
        : exponent === 0
          ? fraction * 2 ** -24
          : (1024 + fraction) * 2 ** (exponent - 25);
    out[i] = half & 0x8000 ? -magnitude : magnitude;
  }
  return out;
}

/** Reads the shards as one run of bytes; copies only what lies across two of them. */
class ShardReader {
  readonly #shards: readonly Uint8Array[];
  #shard = 0;
  #offset = 0;

  constructor(shards: readonly Uint8Array[]) {
    this.#shards = shards;
  }

  take(size: number, where: string): Uint8Array {
    this.#settle();
    const shard = this.#shards[this.#shard];
    if (shard !== undefined && shard.byteLength - this.#offset >= size) {
      const bytes = shard.subarray(this.#offset, this.#offset + size);
      this.#offset += size;
      return bytes;
    }
    if (size > this.#remaining()) throw this.#truncated(size, where);
    const joined = new Uint8Array(size);
    for (let filled = 0; filled < size; ) {
      this.#settle();
      const part = this.#shards[this.#shard].subarray(this.#offset, this.#offset + size - filled);
      joined.set(part, filled);
      filled += part.byteLength;
      this.#offset += part.byteLength;
    }
    return joined;
  }

  skip(size: number, where: string): void {
    this.take(size, where);
  }

  /** A 32-bit length, as stands before each string. */
  length(where: string): number {
    const bytes = this.take(4, where);
    return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  }

  #settle(): void {
    while (this.#shard < this.#shards.length && this.#offset === this.#shards[this.#shard].byteLength) {
      this.#shard++;
      this.#offset = 0;
    }
  }

  #remaining(): number {
    let total = -this.#offset;
    for (let i = this.#shard; i < this.#shards.length; i++) total += this.#shards[i].byteLength;
    return Math.max(0, total);
  }

  #truncated(size: number, where: string): NoemaError {
    return new NoemaError("WEIGHTS_TRUNCATED", {
      where,
      found: `${this.#remaining()} bytes are left in the shards`,
      needed: `it takes ${size}`,
      remedy: "A shard is missing, cut short, or belongs to another model.",
    });
  }
}
