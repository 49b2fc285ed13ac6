/** @file The vocabulary of gradient rules and programs: one short function per operator, on Values. */
import type { DType } from "./dtype.js";
import { dtypes } from "./dtype.js";
import { constant, emit, intsValue, scalar } from "./emit.js";
import { sizeOf, Tensor } from "./tensor.js";
import type { Value } from "./value.js";

/** A value, or a number that becomes a scalar of the other operand's type. */
export type Operand = Value | number;

function one(op: string, inputs: readonly (Operand | null)[], attributes = {}): Value {
  return emit(op, inputs, attributes)[0]!;
}

function pair(op: string, a: Operand, b: Operand): Value {
  const dtype = typeof a === "number" ? (typeof b === "number" ? "float32" : b.dtype) : a.dtype;
  return one(op, [typeof a === "number" ? scalar(a, dtype) : a, typeof b === "number" ? scalar(b, dtype) : b]);
}

export const add = (a: Operand, b: Operand): Value => pair("Add", a, b);
export const sub = (a: Operand, b: Operand): Value => pair("Sub", a, b);
export const mul = (a: Operand, b: Operand): Value => pair("Mul", a, b);
export const div = (a: Operand, b: Operand): Value => pair("Div", a, b);
export const pow = (a: Operand, b: Operand): Value => pair("Pow", a, b);
export const equal = (a: Operand, b: Operand): Value => pair("Equal", a, b);
export const less = (a: Operand, b: Operand): Value => pair("Less", a, b);
export const greater = (a: Operand, b: Operand): Value => pair("Greater", a, b);
export const greaterOrEqual = (a: Operand, b: Operand): Value => pair("GreaterOrEqual", a, b);
export const lessOrEqual = (a: Operand, b: Operand): Value => pair("LessOrEqual", a, b);
export const and = (a: Value, b: Value): Value => one("And", [a, b]);
export const or = (a: Value, b: Value): Value => one("Or", [a, b]);
export const not = (a: Value): Value => one("Not", [a]);

export const neg = (x: Value): Value => one("Neg", [x]);
export const abs = (x: Value): Value => one("Abs", [x]);
export const sign = (x: Value): Value => one("Sign", [x]);
export const exp = (x: Value): Value => one("Exp", [x]);
export const log = (x: Value): Value => one("Log", [x]);
export const sqrt = (x: Value): Value => one("Sqrt", [x]);
export const sin = (x: Value): Value => one("Sin", [x]);
export const cos = (x: Value): Value => one("Cos", [x]);
export const sinh = (x: Value): Value => one("Sinh", [x]);
export const cosh = (x: Value): Value => one("Cosh", [x]);
export const tanh = (x: Value): Value => one("Tanh", [x]);
export const erf = (x: Value): Value => one("Erf", [x]);
export const sigmoid = (x: Value): Value => one("Sigmoid", [x]);
export const softplus = (x: Value): Value => one("Softplus", [x]);
export const relu = (x: Value): Value => one("Relu", [x]);
export const floor = (x: Value): Value => one("Floor", [x]);
export const reciprocal = (x: Value): Value => one("Reciprocal", [x]);
export const softmax = (x: Value, axis = -1): Value => one("Softmax", [x], { axis });
export const identity = (x: Value): Value => one("Identity", [x]);

/** `condition ? a : b`, elementwise. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const dtype = typeof a !== "number" ? a.dtype : typeof b !== "number" ? b.dtype : "float32";
  const lift = (v: Operand) => (typeof v === "number" ? scalar(v, dtype) : v);
  return one("Where", [condition, lift(a), lift(b)]);
}

/** Clips to low … high; either may be left out. */
export const clip = (x: Value, low: Operand | null, high: Operand | null): Value => one("Clip", [x, low, high]);

/** Converts to an element type; a value that already has it is returned as it is. */
export function cast(x: Value, dtype: DType): Value {
  return x.dtype === dtype ? x : one("Cast", [x], { to: dtypes[dtype].onnx });
}

/** Matrix product over the last two axes, earlier ones broadcast. */
export const matmul = (a: Value, b: Value): Value => one("MatMul", [a, b]);

export interface ReduceOptions {
  readonly keepdims?: boolean;
}

function reduce(op: string, x: Value, axes: readonly number[] | undefined, options: ReduceOptions): Value {
  if (axes !== undefined && axes.length === 0) return x;
  const attributes = { keepdims: (options.keepdims ?? true) ? 1 : 0 };
  return one(op, [x, axes === undefined ? null : intsValue(axes)], attributes);
}

/** Sum over axes (all when left out). Reduced axes stay as 1 unless `keepdims: false`. */
export const reduceSum = (x: Value, axes?: readonly number[], options: ReduceOptions = {}): Value =>
  reduce("ReduceSum", x, axes, options);
export const reduceMean = (x: Value, axes?: readonly number[], options: ReduceOptions = {}): Value =>
  reduce("ReduceMean", x, axes, options);
export const reduceMax = (x: Value, axes?: readonly number[], options: ReduceOptions = {}): Value =>
  reduce("ReduceMax", x, axes, options);

/** Same elements, other dimensions. */
export function reshape(x: Value, shape: readonly number[]): Value {
  const same = x.knownShape !== null && x.rank === shape.length && x.shape.every((d, i) => d === shape[i]);
  return same ? x : one("Reshape", [x, intsValue(shape)], { allowzero: 1 });
}

/** Reorders axes: output axis i is input axis perm[i]. */
export function transpose(x: Value, perm: readonly number[]): Value {
  return perm.every((p, i) => p === i) ? x : one("Transpose", [x], { perm: [...perm] });
}

/** Repeats x to a larger shape (numpy broadcasting). */
export function expand(x: Value, shape: readonly number[]): Value {
  const same = x.rank === shape.length && x.shape.every((d, i) => d === shape[i]);
  return same ? x : one("Expand", [x, intsValue(shape)]);
}

export function concat(values: readonly Value[], axis: number): Value {
  return values.length === 1 ? values[0]! : one("Concat", values, { axis });
}

/** Cuts x along an axis into pieces of these sizes. */
export function split(x: Value, sizes: readonly number[], axis: number): readonly Value[] {
  return sizes.length === 1 ? [x] : emit("Split", [x, intsValue(sizes)], { axis }, { outputs: sizes.length });
}

/** x[start:end:step] along axes; an end far past the array (or far before it, for negative steps) takes all. */
export function slice(
  x: Value,
  starts: readonly number[],
  ends: readonly number[],
  axes: readonly number[],
  steps: readonly number[] = axes.map(() => 1),
): Value {
  return one("Slice", [x, intsValue(starts), intsValue(ends), intsValue(axes), intsValue(steps)]);
}

/** Pads with a constant; `pads` is begin of every axis, then end of every axis. Negative pads crop. */
export function pad(x: Value, pads: readonly number[], value = 0): Value {
  return pads.every((p) => p === 0) ? x : one("Pad", [x, intsValue(pads), scalar(value, x.dtype)]);
}

export const unsqueeze = (x: Value, axes: readonly number[]): Value => one("Unsqueeze", [x, intsValue(axes)]);
export const squeeze = (x: Value, axes: readonly number[]): Value => one("Squeeze", [x, intsValue(axes)]);
export const gather = (x: Value, indices: Value, axis: number): Value => one("Gather", [x, indices], { axis });

/** An array filled with one number. */
export function full(shape: readonly number[], value: number, dtype: DType = "float32"): Value {
  if (shape.length === 0) return scalar(value, dtype);
  if (sizeOf(shape) <= 1024)
    return constant(Tensor.ofNumbers(dtype, shape, new Float64Array(sizeOf(shape)).fill(value)));
  return expand(scalar(value, dtype), shape);
}

export const zeros = (shape: readonly number[], dtype: DType = "float32"): Value => full(shape, 0, dtype);

/** Sums the axes over which a value of shape `shape` was broadcast to get `x`. */
export function sumTo(x: Value, shape: readonly number[]): Value {
  if (x.rank === shape.length && x.shape.every((d, i) => d === shape[i])) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((d, i) => (i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : []));
  return reshape(reduceSum(x, axes), shape);
}

/** Axes made non-negative for a given rank. */
export function normalizeAxis(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}
