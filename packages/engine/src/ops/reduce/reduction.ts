/** @file What all reductions share: which axes are reduced, the shapes, and the older form with axes as an attribute. */
import { int } from "../../graph/attribute.js";
import { expand, reshape } from "../../graph/builder.js";
import { emit, knownNumbers } from "../../graph/emit.js";
import { flatIndex, forEachIndex, type Nd, ndZeros, stridesOf } from "../../graph/nd.js";
import type { ImportRule } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value, ValueType } from "../../graph/value.js";
import { allAxes, intsInput, resolveAxis } from "../axes.js";

export const reduceAttributes = { keepdims: int(1), noop_with_empty_axes: int(0) };

export interface ReduceAttributes {
  readonly keepdims: number;
  readonly noop_with_empty_axes: number;
}

/** The axes that are reduced, ascending. No axes means all of them, or none where the attribute says so. */
function axesFrom(rank: number, given: readonly number[], attributes: ReduceAttributes): number[] {
  if (given.length === 0) return attributes.noop_with_empty_axes ? [] : allAxes(rank);
  const axes = given.map((axis) => resolveAxis(axis, rank));
  return [...new Set(axes)].sort((a, b) => a - b);
}

/** The axes a reduction of these inputs reduces. */
export function reducedAxes(inputs: readonly Value[], attributes: ReduceAttributes): number[] {
  return axesFrom(inputs[0].rank, inputs[1] ? knownNumbers(inputs[1], "axes") : [], attributes);
}

/** Dimensions with the reduced axes as 1. */
function keptShape(dims: readonly number[], axes: readonly number[]): number[] {
  return dims.map((d, i) => (axes.includes(i) ? 1 : d));
}

function resultShape(dims: readonly number[], axes: readonly number[], keepdims: number): number[] {
  return keepdims ? keptShape(dims, axes) : dims.filter((_, i) => !axes.includes(i));
}

/** Type of a reduction's result. */
export function reduceShape(inputs: readonly Value[], attributes: ReduceAttributes): [ValueType] {
  const [x] = inputs;
  return [{ dtype: x.dtype, shape: resultShape(x.shape, reducedAxes(inputs, attributes), attributes.keepdims) }];
}

/** Applies f to the elements that fall together, in row-major order. */
export function reduceNd(
  inputs: readonly Nd[],
  attributes: ReduceAttributes,
  f: (values: readonly number[]) => number,
): [Nd] {
  const [x] = inputs;
  const axes = axesFrom(x.dims.length, Array.from(inputs[1]?.data ?? []), attributes);
  const kept = keptShape(x.dims, axes);
  const strides = stridesOf(kept).map((s, i) => (axes.includes(i) ? 0 : s));
  const groups: number[][] = Array.from({ length: sizeOf(kept) }, () => []);
  forEachIndex(x.dims, (index, flat) => groups[flatIndex(index, strides)].push(x.data[flat]));
  const out = ndZeros(resultShape(x.dims, axes, attributes.keepdims));
  groups.forEach((values, i) => {
    out.data[i] = f(values);
  });
  return [out];
}

/** A reduction's result (or its gradient) with the reduced axes present as 1, so that it broadcasts against the input. */
export function keepAxes(y: Value, inputs: readonly Value[], attributes: ReduceAttributes): Value {
  return reshape(y, keptShape(inputs[0].shape, reducedAxes(inputs, attributes)));
}

/** A reduction's result (or its gradient) repeated to the shape of the input. */
export function spread(y: Value, inputs: readonly Value[], attributes: ReduceAttributes): Value {
  return expand(keepAxes(y, inputs, attributes), inputs[0].shape);
}

/** Before opset `since` the axes were an attribute. */
export function axesAsInput(op: string, since: number): ImportRule {
  return (call) => {
    if (call.opset >= since || call.attributes.axes === undefined) return undefined;
    return emit(op, [call.inputs[0], intsInput(call, "axes")], { keepdims: call.attributes.keepdims });
  };
}
