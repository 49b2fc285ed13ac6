/** @file Attributes of nodes: what onnx.proto can hold, with the kind each operator declares. */
import { NoemaError } from "./error.js";
import type { Tensor } from "./tensor.js";
import type { Value } from "./value.js";

/**
 * A function held by an operator (the body of Loop, Scan or If). What its outputs reach without passing its inputs is
 * computed outside, once.
 */
export interface Body {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

export type AttributeValue = number | string | readonly number[] | readonly string[] | Tensor | Body;

/** The kinds of `AttributeProto` that Noema reads and writes. */
export type AttributeKind = "int" | "float" | "string" | "ints" | "floats" | "strings" | "tensor" | "body";

/** An attribute as a node carries it: the kind decides how it is written. */
export interface Attribute {
  readonly kind: AttributeKind;
  readonly value: AttributeValue;
}

export type Attributes = Readonly<Record<string, Attribute>>;

/** How an operator declares one attribute: its kind, and the default; without default it may be left out. @public */
export interface AttributeSpec<T extends AttributeValue | undefined = AttributeValue | undefined> {
  readonly kind: AttributeKind;
  readonly default: T;
  readonly required: boolean;
}

export type AttributeSpecs = Readonly<Record<string, AttributeSpec>>;

/** The plain values of declared attributes, defaults filled in. */
export type AttributeValues<S extends AttributeSpecs> = {
  readonly [K in keyof S]: S[K] extends AttributeSpec<infer T> ? T : never;
};

function declare<T extends AttributeValue>(kind: AttributeKind) {
  function spec(): AttributeSpec<T | undefined>;
  function spec(fallback: T): AttributeSpec<T>;
  function spec(fallback?: T): AttributeSpec<T | undefined> {
    return { kind, default: fallback, required: false };
  }
  return Object.assign(spec, {
    required: (): AttributeSpec<T> => ({ kind, default: undefined as never, required: true }),
  });
}

/** Declares an integer attribute: `int(-1)` with default, `int()` optional, `int.required()`. */
export const int = declare<number>("int");
export const float = declare<number>("float");
export const string = declare<string>("string");
export const ints = declare<readonly number[]>("ints");
export const floats = declare<readonly number[]>("floats");
export const strings = declare<readonly string[]>("strings");
export const tensor = declare<Tensor>("tensor");
export const body = declare<Body>("body");

/** Plain values with the declared defaults filled in; refuses what is not declared or of another kind. */
export function attributeValues(
  label: string,
  specs: AttributeSpecs,
  given: Readonly<Record<string, AttributeValue | undefined>>,
): Record<string, AttributeValue | undefined> {
  const values: Record<string, AttributeValue | undefined> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = given[name];
    if (value === undefined && spec.required) {
      throw new NoemaError("ATTRIBUTE_MISSING", { where: label, found: `attribute "${name}" is missing` });
    }
    if (value !== undefined && !fits(spec.kind, value)) {
      throw new NoemaError("ATTRIBUTE_KIND", {
        where: label,
        found: `attribute "${name}" is ${describe(value)}`,
        needed: `${spec.kind} is needed`,
      });
    }
    values[name] = value ?? spec.default;
  }
  return values;
}

function fits(kind: AttributeKind, value: AttributeValue): boolean {
  if (kind === "int") return Number.isInteger(value);
  if (kind === "float") return typeof value === "number";
  if (kind === "string") return typeof value === "string";
  if (kind === "ints") return Array.isArray(value) && value.every(Number.isInteger);
  if (kind === "floats") return Array.isArray(value) && value.every((v) => typeof v === "number");
  if (kind === "strings") return Array.isArray(value) && value.every((v) => typeof v === "string");
  return typeof value === "object" && !Array.isArray(value);
}

function describe(value: AttributeValue): string {
  if (typeof value === "number" || typeof value === "string") return JSON.stringify(value).slice(0, 80);
  return Array.isArray(value) ? "a list" : "an object";
}

/** Attributes as a node carries them; undefined ones are left out. */
export function attributesOf(
  specs: AttributeSpecs,
  values: Readonly<Record<string, AttributeValue | undefined>>,
): Attributes {
  const attributes: Record<string, Attribute> = {};
  for (const [name, spec] of Object.entries(specs)) {
    const value = values[name];
    if (value !== undefined) attributes[name] = { kind: spec.kind, value };
  }
  return attributes;
}
