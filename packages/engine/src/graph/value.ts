/** @file Value and Node: a graph is the set of nodes that its outputs can be computed from. */
import type { Attributes } from "./attribute.js";
import type { DType, NarrowType } from "./dtype.js";
import type { NoemaError } from "./error.js";
import type { Tensor } from "./tensor.js";

/** What is known of a value before it is computed. */
export interface ValueType {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/**
 * One array in the computation: an input, a constant, or an output of a node. Values are immutable and point at the node
 * that makes them, so a graph needs no bookkeeping: what no output reaches is not in it.
 */
export class Value implements ValueType {
  readonly dtype: DType;
  /** The name it has in its model, or "" for values that were derived. */
  name: string;
  /** The element type that the file has for an input or constant, where it is computed in a wider one. */
  narrow: NarrowType | null = null;
  readonly node: Node | null;
  /** The elements, when they are known before running. */
  readonly constant: Tensor | null;
  /** Why the shape is not known: it depends on data, or inferring it failed. */
  readonly failure: NoemaError | null;
  readonly #shape: readonly number[] | null;

  constructor(parts: {
    dtype: DType;
    shape: readonly number[] | null;
    name?: string;
    node?: Node;
    constant?: Tensor;
    failure?: NoemaError;
  }) {
    this.dtype = parts.dtype;
    this.#shape = parts.shape;
    this.name = parts.name ?? "";
    this.node = parts.node ?? null;
    this.constant = parts.constant ?? null;
    this.failure = parts.failure ?? null;
  }

  /** The dimensions. Throws the reason where they are not known before running. */
  get shape(): readonly number[] {
    if (this.#shape === null) throw this.failure!;
    return this.#shape;
  }

  /** The dimensions, or null where they are not known before running. */
  get knownShape(): readonly number[] | null {
    return this.#shape;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return this.shape.reduce((a, b) => a * b, 1);
  }
}

/** One application of an ONNX operator. A missing optional input is null. */
export class Node {
  readonly op: string;
  /** "" for the ONNX standard's own operators. */
  readonly domain: string;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Attributes;
  /** The name it has in its model, or "". */
  name = "";
  /** Set once, by whoever creates the node. */
  outputs: readonly Value[] = [];

  constructor(op: string, domain: string, inputs: readonly (Value | null)[], attributes: Attributes) {
    this.op = op;
    this.domain = domain;
    this.inputs = inputs;
    this.attributes = attributes;
  }

  /** How messages name this node: `Conv "block3/conv1"`. */
  get label(): string {
    const name = this.name || this.outputs[0]?.name;
    return name ? `${this.op} "${name}"` : this.op;
  }
}

/** A type of which only the element type is known, and why no more: asking for its shape throws the reason. */
export function typeWithoutShape(dtype: DType, failure: NoemaError): ValueType {
  return new Value({ dtype, shape: null, failure });
}
