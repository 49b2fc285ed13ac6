/** @file NodeAttributes: the attributes of a TensorFlow NodeDef as tfjs writes them into JSON. */
import type { DType } from "../graph/dtype.js";
import { NoemaError } from "../graph/error.js";

/** Element types of TensorFlow by name and by number (tensorflow/core/framework/types.proto), as tfjs computes them. */
const types: Readonly<Record<string, DType>> = {
  DT_FLOAT: "float32",
  DT_HALF: "float32",
  DT_DOUBLE: "float32",
  DT_BFLOAT16: "float32",
  DT_INT32: "int32",
  DT_INT64: "int32",
  DT_INT8: "int32",
  DT_UINT8: "int32",
  DT_BOOL: "bool",
  1: "float32",
  2: "float32",
  3: "int32",
  4: "int32",
  6: "int32",
  9: "int32",
  10: "bool",
  14: "float32",
  19: "float32",
};

/** Attributes by name. Each getter gives the fallback where the attribute is absent. */
export class NodeAttributes {
  readonly #label: string;
  readonly #raw: Readonly<Record<string, unknown>>;

  constructor(label: string, raw: Readonly<Record<string, unknown>>) {
    this.#label = label;
    this.#raw = raw;
  }

  /** Text, in lower case unless asked otherwise: tfjs compares it so. */
  string(name: string, fallback: string, options: { readonly keepCase?: boolean } = {}): string {
    const text = this.#field(name, "s");
    if (text === undefined) return fallback;
    const decoded = this.#decode(name, text);
    return options.keepCase ? decoded : decoded.toLowerCase();
  }

  strings(name: string): string[] {
    return this.#list(name, "s").map((text) => this.#decode(name, text).toLowerCase());
  }

  number(name: string, fallback: number): number {
    const value = this.#field(name, "i") ?? this.#field(name, "f");
    return value === undefined ? fallback : this.#number(name, value);
  }

  numbers(name: string): number[] | undefined {
    const floats = this.#list(name, "f");
    const list = floats.length > 0 ? floats : this.#list(name, "i");
    return this.#raw[name] === undefined ? undefined : list.map((value) => this.#number(name, value));
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.#field(name, "b");
    return value === undefined ? fallback : value === true || value === "true";
  }

  dtype(name: string, fallback: DType): DType {
    const value = this.#field(name, "type");
    return value === undefined ? fallback : this.#dtype(name, value);
  }

  /** A shape with −1 for unknown dimensions; undefined where not even the rank is known. */
  shape(name: string): number[] | undefined {
    return shapeOf(this.#field(name, "shape"));
  }

  /** The name of a function that this attribute holds. */
  function(name: string): string | undefined {
    const value = this.#field(name, "func");
    const called = typeof value === "object" && value !== null ? (value as { name?: unknown }).name : undefined;
    return typeof called === "string" ? called : undefined;
  }

  #field(name: string, key: string): unknown {
    const holder = this.#raw[name];
    const value = typeof holder === "object" && holder !== null ? (holder as Record<string, unknown>)[key] : undefined;
    return value ?? undefined;
  }

  #list(name: string, key: string): readonly unknown[] {
    const list = this.#field(name, "list");
    const items = typeof list === "object" && list !== null ? (list as Record<string, unknown>)[key] : undefined;
    return Array.isArray(items) ? items : [];
  }

  #number(name: string, value: unknown): number {
    const number = typeof value === "number" ? value : Number.parseFloat(String(value));
    if (Number.isNaN(number)) throw this.#refuse(name, value, "a number");
    return number;
  }

  #dtype(name: string, value: unknown): DType {
    const dtype = types[String(value)];
    if (dtype === undefined) {
      throw new NoemaError("DTYPE_UNSUPPORTED", {
        where: this.#label,
        found: `attribute "${name}" is ${String(value).slice(0, 80)}`,
        needed: "float, int and bool are computed with",
      });
    }
    return dtype;
  }

  #decode(name: string, text: unknown): string {
    if (Array.isArray(text)) return String.fromCharCode(...text.map(Number));
    try {
      return atob(String(text));
    } catch {
      throw this.#refuse(name, text, "base64");
    }
  }

  #refuse(name: string, value: unknown, needed: string): NoemaError {
    return new NoemaError("ATTRIBUTE_KIND", {
      where: this.#label,
      found: `attribute "${name}" is ${JSON.stringify(value)?.slice(0, 80)}`,
      needed: `${needed} is needed`,
    });
  }
}

/** The dimensions of a TensorShapeProto in JSON; undefined where it has none. */
export function shapeOf(shape: unknown): number[] | undefined {
  if (typeof shape !== "object" || shape === null) return undefined;
  const { dim, unknownRank } = shape as { dim?: unknown; unknownRank?: unknown };
  if (unknownRank) return undefined;
  if (!Array.isArray(dim)) return [];
  return dim.map((d) => {
    const size = Number((d as { size?: unknown } | null)?.size ?? -1);
    return Number.isSafeInteger(size) ? size : -1;
  });
}
