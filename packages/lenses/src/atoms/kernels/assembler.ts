/** @file A small typed assembler of WebAssembly: expressions that know what they give, to the bytes of a module. */

/** What an expression gives: a whole number or pointer, a float, or four floats. */
export type Kind = "i32" | "f32" | "v128";

export interface Expression<K extends Kind> {
  readonly kind: K;
  readonly code: readonly number[];
}

/** Something that is done, and gives nothing. */
export type Statement = readonly number[];

/** A parameter or variable of a function. */
export interface Local<K extends Kind> extends Expression<K> {
  set(value: Expression<K>): Statement;
}

export interface Assembled {
  readonly name: string;
  readonly parameters: readonly Kind[];
  readonly locals: readonly Kind[];
  readonly result: Kind | undefined;
  readonly body: readonly number[];
}

// Numbers below are those of the WebAssembly Core Specification 2.0, appendix "Index of Instructions".
const kindBytes: Readonly<Record<Kind, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const [noResult, end] = [0x40, 0x0b];

const give = <K extends Kind>(kind: K, ...parts: readonly (readonly number[])[]): Expression<K> => ({
  kind,
  code: parts.flat(),
});

const vector = (operation: number): readonly number[] => [0xfd, ...unsigned(operation)];

type I32 = Expression<"i32">;
type F32 = Expression<"f32">;
type V128 = Expression<"v128">;

export const i32 = {
  of: (value: number) => give("i32", [0x41, ...signed(value)]),
  add: (a: I32, b: I32) => give("i32", a.code, b.code, [0x6a]),
  /** Of numbers from 0. */
  less: (a: I32, b: I32) => give("i32", a.code, b.code, [0x49]),
  load: (pointer: I32, offset = 0) => give("i32", pointer.code, [0x28, 2, ...unsigned(offset)]),
};

export const f32 = {
  add: (a: F32, b: F32) => give("f32", a.code, b.code, [0x92]),
  max: (a: F32, b: F32) => give("f32", a.code, b.code, [0x97]),
  store: (pointer: I32, value: F32): Statement => [...pointer.code, ...value.code, 0x38, 2, 0],
};

export const f32x4 = {
  zero: give("v128", vector(12), new Array<number>(16).fill(0)),
  /** The same number four times. */
  splat: (a: F32) => give("v128", a.code, vector(19)),
  loadSplat: (pointer: I32, offset = 0) => give("v128", pointer.code, vector(9), [2, ...unsigned(offset)]),
  load: (pointer: I32, offset = 0) => give("v128", pointer.code, vector(0), [4, ...unsigned(offset)]),
  store: (pointer: I32, value: V128, offset = 0): Statement => [
    ...[...pointer.code, ...value.code],
    ...[...vector(11), 4, ...unsigned(offset)],
  ],
  lane: (a: V128, lane: 0 | 1 | 2 | 3) => give("f32", a.code, vector(31), [lane]),
  abs: (a: V128) => give("v128", a.code, vector(224)),
  add: (a: V128, b: V128) => give("v128", a.code, b.code, vector(228)),
  multiply: (a: V128, b: V128) => give("v128", a.code, b.code, vector(230)),
  /** b where a < b, else a: one instruction of the processor, where the maximum that minds NaN takes several. */
  larger: (a: V128, b: V128) => give("v128", a.code, b.code, vector(235)),
  /** Whether any of a's four is more than b's. */
  anyMore: (a: V128, b: V128) => give("i32", a.code, b.code, vector(68), vector(83)),
};

/** Does these once, and again while the condition holds after them. */
export function repeatWhile(condition: I32, ...statements: readonly Statement[]): Statement {
  return [0x03, noResult, ...statements.flat(), ...condition.code, 0x0d, 0, end];
}

export function when(condition: I32, ...statements: readonly Statement[]): Statement {
  return [...condition.code, 0x04, noResult, ...statements.flat(), end];
}

/** One function: its parameters are asked for before its variables, in the order in which they are passed. */
export class FunctionAssembler {
  readonly #parameters: Kind[] = [];
  readonly #locals: Kind[] = [];

  parameter<K extends Kind>(kind: K): Local<K> {
    if (this.#locals.length > 0) throw new Error("parameters come before variables");
    return local(kind, this.#parameters.push(kind) - 1);
  }

  variable<K extends Kind>(kind: K): Local<K> {
    return local(kind, this.#parameters.length + this.#locals.push(kind) - 1);
  }

  assemble(name: string, statements: readonly Statement[], result?: Expression<Kind>): Assembled {
    const body = [...statements.flat(), ...(result?.code ?? [])];
    return { name, parameters: this.#parameters, locals: this.#locals, result: result?.kind, body };
  }
}

function local<K extends Kind>(kind: K, index: number): Local<K> {
  return { ...give(kind, [0x20, ...unsigned(index)]), set: (value) => [...value.code, 0x21, ...unsigned(index)] };
}

/** A module that exports these functions, over a memory that it imports as `env.memory`. */
export function moduleBytes(functions: readonly Assembled[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, result }) => [
    ...[0x60, ...list(parameters.map((kind) => [kindBytes[kind]]))],
    ...list(result === undefined ? [] : [[kindBytes[result]]]),
  ]);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...list(locals.map((kind) => [1, kindBytes[kind]])), ...body, end];
    return [...unsigned(code.length), ...code];
  });
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, types),
    ...section(2, [[...text("env"), ...text("memory"), 2, 0, 0]]),
    ...section(
      3,
      functions.map((_, i) => unsigned(i)),
    ),
    ...section(
      7,
      functions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]),
    ),
    ...section(10, bodies),
  ]);
}

function section(number: number, items: readonly (readonly number[])[]): readonly number[] {
  const content = list(items);
  return [number, ...unsigned(content.length), ...content];
}

const list = (items: readonly (readonly number[])[]): readonly number[] => [...unsigned(items.length), ...items.flat()];

const text = (word: string): readonly number[] => list([...word].map((letter) => [letter.charCodeAt(0)]));

/** Seven bits a byte, the lowest first (LEB128). */
function unsigned(value: number): readonly number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): readonly number[] {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
