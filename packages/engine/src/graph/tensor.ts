/** @file Tensor: element type, dimensions and little-endian bytes, decoded only when somebody looks. */
import { type DType, dtypes, type TensorData } from "./dtype.js";
import { NoemaError } from "./error.js";

/** The largest number of elements one tensor may have: what ONNX Runtime can index with 32 bits. */
export const maxElements = 2 ** 31 - 1;

/** The largest number of dimensions one tensor may have: far more than any network uses. */
export const maxRank = 64;

/** Number of elements of a tensor with these dimensions. */
export function sizeOf(dims: readonly number[]): number {
  let size = 1;
  for (const dim of dims) size *= dim;
  return size;
}

/** How a tensor follows from others: the same recipe on the same tensors gives the same content. */
export interface Origin {
  readonly recipe: string;
  readonly from: readonly Tensor[];
}

/**
 * A constant array. `bytes` may be a view into the file it came from, at any alignment; `data` is a typed array over
 * the same bytes where alignment allows, else a copy made on first use.
 */
export class Tensor {
  readonly dtype: DType;
  readonly dims: readonly number[];
  #bytes: Uint8Array | undefined;
  #data: TensorData | undefined;
  readonly #make: (() => TensorData) | undefined;
  /** What a rearranged tensor was made from, and how: stands for its content where that has not been computed. */
  readonly origin: Origin | undefined;

  private constructor(dtype: DType, dims: readonly number[], make?: () => TensorData, origin?: Origin) {
    this.dtype = dtype;
    this.dims = dims;
    this.#make = make;
    this.origin = origin;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.dims);
  }

  /** A tensor over little-endian bytes, which must be exactly as many as the dimensions say. */
  static ofBytes(dtype: DType, dims: readonly number[], bytes: Uint8Array): Tensor {
    const needed = sizeOf(dims) * dtypes[dtype].array.BYTES_PER_ELEMENT;
    if (bytes.byteLength !== needed) {
      throw new NoemaError("TENSOR_SIZE", {
        where: `tensor ${dtype}[${dims.join(",")}]`,
        found: `${bytes.byteLength} bytes of data`,
        needed: `its dimensions need ${needed}`,
      });
    }
    const tensor = new Tensor(dtype, dims);
    tensor.#bytes = bytes;
    return tensor;
  }

  /** A tensor over a typed array (not copied). */
  static of(dtype: DType, dims: readonly number[], data: TensorData): Tensor {
    if (data.length !== sizeOf(dims) || !(data instanceof dtypes[dtype].array)) {
      throw new NoemaError("TENSOR_SIZE", {
        where: `tensor ${dtype}[${dims.join(",")}]`,
        found: `${data.constructor.name} of ${data.length} elements`,
        needed: `${dtypes[dtype].array.name} of ${sizeOf(dims)}`,
      });
    }
    const tensor = new Tensor(dtype, dims);
    tensor.#data = data;
    return tensor;
  }

  /**
   * A tensor whose elements are computed when somebody looks: rearranged weights that a program may turn out not to
   * need. With an `origin`, equal ones are recognised without computing them.
   */
  static lazy(dtype: DType, dims: readonly number[], make: () => TensorData, origin?: Origin): Tensor {
    return new Tensor(dtype, dims, make, origin);
  }

  /** A tensor from plain numbers, rounded and saturated as the element type demands. */
  static ofNumbers(dtype: DType, dims: readonly number[], numbers: ArrayLike<number>): Tensor {
    const data = new dtypes[dtype].array(numbers.length);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      const [low, high] = data instanceof BigInt64Array ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
      for (let i = 0; i < numbers.length; i++) {
        const v = numbers[i]!;
        data[i] = v >= Number(high) ? high : v <= Number(low) ? low : BigInt(Math.trunc(v) || 0);
      }
    } else {
      for (let i = 0; i < numbers.length; i++) data[i] = numbers[i]!;
    }
    return Tensor.of(dtype, dims, data);
  }

  /** The elements as a typed array. Do not write to it: it may be the model file itself. */
  get data(): TensorData {
    this.#data ??= this.passingData;
    return this.#data;
  }

  /** The elements as a typed array, without keeping what is copied or computed for it: for whoever needs them once. */
  get passingData(): TensorData {
    if (this.#data !== undefined) return this.#data;
    if (this.#make !== undefined) return this.#make();
    const bytes = this.#bytes!;
    const { array } = dtypes[this.dtype];
    const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0;
    return aligned
      ? new array(bytes.buffer, bytes.byteOffset, this.size)
      : // Not bytes.slice(): that of a Node Buffer shares its memory.
        new array(new Uint8Array(bytes).buffer, 0, this.size);
  }

  /** The elements as little-endian bytes. */
  get bytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    const data = this.data;
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  /** The elements as little-endian bytes, without keeping what is computed for it. */
  get passingBytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    const data = this.passingData;
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  /** The elements as plain numbers; 64-bit integers past 2^53 lose their last bits. */
  toNumbers(): Float64Array {
    return Float64Array.from(this.data as ArrayLike<number | bigint>, Number);
  }
}
