/** @file Elementwise operators of TensorFlow: arithmetic, functions of one number, comparisons, logic, activations. */
import * as build from "../../graph/builder.js";
import type { DType } from "../../graph/dtype.js";
import { emit } from "../../graph/emit.js";
import type { Value } from "../../graph/value.js";
import { activate } from "../activation.js";
import { reshaped } from "../rearrange.js";
import type { Call, Rule, Rules } from "../rule.js";
import { pointwise, Twin } from "../twin.js";

const { add, sub, mul, div, where, equal, less, cast } = build;

/** Converts the elements, in whatever layout the value is computed. */
export const castTwin = (x: Twin, dtype: DType): Twin => pointwise([x], (value) => cast(value, dtype));

/** Brings operands to one type: float where one is float, else integers (tfjs-core: upcastType). */
function matched(twins: readonly Twin[]): Twin[] {
  const dtypes = new Set(twins.map((t) => t.dtype));
  const common = dtypes.has("float32") ? "float32" : "int32";
  return twins.map((t) => castTwin(t, common));
}

const binary =
  (apply: (a: Value, b: Value) => Value): Rule =>
  (call) =>
    pointwise(matched([call.input(0), call.input(1)]), apply);

const unary =
  (apply: (x: Value) => Value): Rule =>
  (call) =>
    pointwise([castTwin(call.input(0), "float32")], apply);

/** A function that keeps integers integer. */
const typed =
  (apply: (x: Value) => Value): Rule =>
  (call) =>
    pointwise(matched([call.input(0)]), apply);

const onnx =
  (op: string) =>
  (...values: Value[]): Value =>
    emit(op, values)[0];

const logical =
  (op: string): Rule =>
  (call) =>
    pointwise(
      call.inputs.map((x) => castTwin(x, "bool")),
      onnx(op),
    );

/** Quotient towards zero, remainder, and where both must step down to be those of the floor. */
function truncated(a: Value, b: Value) {
  const quotient = div(a, b);
  const remainder = sub(a, mul(quotient, b));
  const opposite = emit("Xor", [less(remainder, 0), less(b, 0)])[0];
  return { quotient, remainder, stepsDown: build.and(build.not(equal(remainder, 0)), opposite) };
}

function floorDiv(a: Value, b: Value): Value {
  if (a.dtype === "float32") return build.floor(div(a, b));
  const { quotient, stepsDown } = truncated(a, b);
  return sub(quotient, cast(stepsDown, a.dtype));
}

function floorMod(a: Value, b: Value): Value {
  if (a.dtype === "float32") return sub(a, mul(build.floor(div(a, b)), b));
  const { remainder, stepsDown } = truncated(a, b);
  return where(stepsDown, add(remainder, b), remainder);
}

const square = (x: Value): Value => mul(x, x);

/** Adds one number per channel; the channels are where the model has them. */
function biasAdd(call: Call): Twin {
  const [x, bias] = [call.input(0), call.own(1)];
  if (call.attributes.string("data_format", "nhwc") !== "nchw" || x.rank < 3) return binary(add)(call) as Twin;
  return Twin.own(add(x.own, reshaped(bias, [bias.size, ...new Array<number>(x.rank - 2).fill(1)])));
}

/** `Select` takes whole rows by a vector, where `SelectV2` broadcasts. */
function select(call: Call): Twin {
  const [a, b] = matched([call.input(1), call.input(2)]);
  let condition = castTwin(call.input(0), "bool");
  if (call.op === "Select" && condition.rank === 1 && a.rank > 1) {
    condition = Twin.own(reshaped(condition.own, [condition.shape[0], ...new Array<number>(a.rank - 1).fill(1)]));
  }
  return pointwise([condition, a, b], (c, x, y) => where(c, x, y));
}

const arithmetic: Rules = {
  Add: binary(add),
  AddV2: binary(add),
  BiasAdd: biasAdd,
  BiasAddV1: biasAdd,
  AddN: (call) => pointwise(matched(call.inputs), (...values) => values.reduce((sum, v) => add(sum, v))),
  Sub: binary(sub),
  Mul: binary(mul),
  RealDiv: binary((a, b) => (a.dtype === "int32" ? floorDiv(a, b) : div(a, b))),
  Div: binary((a, b) => (a.dtype === "int32" ? floorDiv(a, b) : div(a, b))),
  DivNoNan: (call) => pointwise([castTwin(call.input(0), "float32"), castTwin(call.input(1), "float32")], divNoNan),
  FloorDiv: binary(floorDiv),
  FloorMod: binary(floorMod),
  Mod: binary(floorMod),
  Pow: binary(build.pow),
  Maximum: binary(onnx("Max")),
  Minimum: binary(onnx("Min")),
  SquaredDifference: binary((a, b) => square(sub(a, b))),
};

function divNoNan(a: Value, b: Value): Value {
  const zero = equal(b, 0);
  return where(zero, 0, div(a, where(zero, 1, b)));
}

const functions: Rules = {
  Abs: typed(build.abs),
  Neg: typed(build.neg),
  Sign: typed(build.sign),
  Square: typed(square),
  Exp: unary(build.exp),
  Expm1: unary((x) => sub(build.exp(x), 1)),
  Log: unary(build.log),
  Log1p: unary((x) => build.log(add(x, 1))),
  Sqrt: unary(build.sqrt),
  Rsqrt: unary((x) => build.reciprocal(build.sqrt(x))),
  Reciprocal: unary(build.reciprocal),
  Inv: unary(build.reciprocal),
  Floor: unary(build.floor),
  Ceil: unary(onnx("Ceil")),
  Round: unary(onnx("Round")),
  Sin: unary(build.sin),
  Cos: unary(build.cos),
  Tan: unary(onnx("Tan")),
  Asin: unary(onnx("Asin")),
  Acos: unary(onnx("Acos")),
  Atan: unary(onnx("Atan")),
  Sinh: unary(onnx("Sinh")),
  Cosh: unary(onnx("Cosh")),
  Asinh: unary(onnx("Asinh")),
  Acosh: unary(onnx("Acosh")),
  Atanh: unary(onnx("Atanh")),
  Erf: unary(build.erf),
  IsNan: unary(onnx("IsNaN")),
  IsInf: unary(onnx("IsInf")),
  IsFinite: unary((x) => build.not(build.or(onnx("IsNaN")(x), onnx("IsInf")(x)))),
  ClipByValue: (call) => {
    const low = castTwin(call.input(1), "float32").own;
    const high = castTwin(call.input(2), "float32").own;
    return pointwise([castTwin(call.input(0), "float32")], (x) => build.clip(x, low, high));
  },
};

const compared: Rules = {
  Equal: binary(equal),
  NotEqual: binary((a, b) => build.not(equal(a, b))),
  Less: binary(less),
  LessEqual: binary(build.lessOrEqual),
  Greater: binary(build.greater),
  GreaterEqual: binary(build.greaterOrEqual),
  LogicalAnd: logical("And"),
  LogicalOr: logical("Or"),
  LogicalXor: logical("Xor"),
  LogicalNot: logical("Not"),
  Select: select,
  SelectV2: select,
};

const activated =
  (name: string): Rule =>
  (call) =>
    activate(castTwin(call.input(0), "float32"), name);

const activations: Rules = {
  Relu: activated("relu"),
  Relu6: activated("relu6"),
  Elu: activated("elu"),
  Selu: activated("selu"),
  Sigmoid: activated("sigmoid"),
  Tanh: activated("tanh"),
  Softplus: activated("softplus"),
  Softsign: activated("softsign"),
  Softmax: activated("softmax"),
  LogSoftmax: activated("logsoftmax"),
  LeakyRelu: (call) => leaky(castTwin(call.input(0), "float32"), call.attributes.number("alpha", 0.2)),
  Prelu: (call) => prelu(castTwin(call.input(0), "float32"), call.input(1)),
};

/** x where positive, alpha·x elsewhere. */
export const leaky = (x: Twin, alpha: number): Twin =>
  pointwise([x], (value) => emit("LeakyRelu", [value], { alpha })[0]);

/** x where positive, slope·x elsewhere; the slope broadcasts. */
export const prelu = (x: Twin, slope: Twin): Twin => pointwise([x, slope], onnx("PRelu"));

export const elementwiseRules: Rules = { ...arithmetic, ...functions, ...compared, ...activations };
