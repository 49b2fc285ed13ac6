/** @file Reductions of TensorFlow: sums, means, extremes, norms, and where the largest value is. */
import { cast, mul, reduceMax, reduceMean, reduceSum, sqrt } from "../../graph/builder.js";
import { emit, intsValue } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";
import { permute, reshaped } from "../rearrange.js";
import type { Call, Rule, Rules } from "../rule.js";
import { Twin } from "../twin.js";
import { castTwin } from "./elementwise.js";

type Reduce = (x: Value, axes: readonly number[], keepdims: boolean) => Value;

/** Reduces axes of the model's own layout without leaving the layout that x is computed in. */
export function reduced(x: Twin, axes: readonly number[], keepdims: boolean, reduce: Reduce): Twin {
  if (axes.length === 0) return x;
  const { rank } = x;
  const gone = new Set(axes.map((axis) => (axis < 0 ? axis + rank : axis)));
  for (const axis of gone) {
    if (!(axis >= 0 && axis < rank)) {
      throw new NoemaError("AXIS_OUT_OF_RANGE", { found: `axis ${axis}`, needed: `the input has ${rank} axes` });
    }
  }
  const places = [...gone].map((axis) => x.computedAxis(axis)).sort((a, b) => a - b);
  const y = reduce(x.computed, places, keepdims);
  if (!x.leads) return Twin.own(y);
  if (keepdims) return Twin.first(y);
  if (!gone.has(0) && !gone.has(rank - 1)) return Twin.first(y);
  const left = [...Array(rank).keys()].filter((axis) => !gone.has(axis)).map((axis) => x.computedAxis(axis));
  const order = left.slice().sort((a, b) => a - b);
  return Twin.own(
    permute(
      y,
      left.map((place) => order.indexOf(place)),
    ),
  );
}

/** The axes a node names, in the model's own layout. */
function axesOf(call: Call): number[] {
  return call.numbers(1, "the axes to reduce");
}

const keepsDims = (call: Call): boolean =>
  call.attributes.boolean("keep_dims", false) || call.attributes.boolean("keepdims", false);

const reducing =
  (reduce: Reduce, options: { readonly floats?: boolean } = {}): Rule =>
  (call) => {
    const given = call.input(0);
    const x = options.floats ? castTwin(given, "float32") : given.dtype === "bool" ? castTwin(given, "int32") : given;
    return reduced(x, axesOf(call), keepsDims(call), reduce);
  };

const onnx =
  (op: string): Reduce =>
  (x, axes, keepdims) =>
    emit(op, [x, intsValue(axes)], { keepdims: keepdims ? 1 : 0 })[0];

/** Means over all of an image go the way that ONNX Runtime's blocked layout knows. */
export const mean: Reduce = (x, axes, keepdims) => overImage("GlobalAveragePool", reduceMean, x, axes, keepdims);

/** Largest values over all of an image likewise. */
export const largest: Reduce = (x, axes, keepdims) =>
  x.dtype === "float32" ? overImage("GlobalMaxPool", reduceMax, x, axes, keepdims) : reduceMax(x, axes, { keepdims });

function overImage(
  op: string,
  otherwise: (x: Value, axes: readonly number[], options: { keepdims: boolean }) => Value,
  x: Value,
  axes: readonly number[],
  keepdims: boolean,
): Value {
  const whole = x.rank > 2 && axes.length === x.rank - 2 && axes.every((axis, i) => axis === i + 2);
  if (!whole) return otherwise(x, axes, { keepdims });
  const pooled = emit(op, [x])[0];
  return keepdims ? pooled : reshaped(pooled, x.shape.slice(0, 2));
}

const norm: Reduce = (x, axes, keepdims) => sqrt(reduceSum(mul(x, x), axes, { keepdims }));

const truth =
  (op: string): Reduce =>
  (x, axes, keepdims) =>
    cast(onnx(op)(cast(x, "float32"), axes, keepdims), "bool");

const arg =
  (op: "ArgMax" | "ArgMin"): Rule =>
  (call) =>
    castTwin(
      reduced(call.input(0), [call.number(1, "the axis")], false, (x, [axis]) => {
        return emit(op, [x], { axis, keepdims: 0 })[0];
      }),
      "int32",
    );

const cumulative =
  (op: string): Rule =>
  (call) => {
    const axis = call.numbers(1, "the axis");
    const flags = {
      exclusive: call.attributes.boolean("exclusive", false) ? 1 : 0,
      reverse: call.attributes.boolean("reverse", false) ? 1 : 0,
    };
    return Twin.own(emit(op, [call.own(0), intsValue([axis[0]])], flags)[0]);
  };

export const reductionRules: Rules = {
  Sum: reducing((x, axes, keepdims) => reduceSum(x, axes, { keepdims })),
  Mean: reducing(mean, { floats: true }),
  Max: reducing(largest),
  Min: reducing(onnx("ReduceMin")),
  Prod: reducing(onnx("ReduceProd")),
  All: (call) => reduced(call.input(0), axesOf(call), keepsDims(call), truth("ReduceMin")),
  Any: (call) => reduced(call.input(0), axesOf(call), keepsDims(call), truth("ReduceMax")),
  EuclideanNorm: reducing(norm, { floats: true }),
  ArgMax: arg("ArgMax"),
  ArgMin: arg("ArgMin"),
  Cumsum: cumulative("CumSum"),
};
