/** @file Activations by the names that fused operators and Keras layers give them. */
import { clip, exp, neg, relu, sigmoid, softmax, tanh } from "../graph/builder.js";
import { emit } from "../graph/emit.js";
import { unknownName } from "../graph/error.js";
import type { Value } from "../graph/value.js";
import { pointwise, type Twin } from "./twin.js";

const hardSigmoid = (x: Value): Value => emit("HardSigmoid", [x], { alpha: 0.2, beta: 0.5 })[0];

const softplus = (x: Value): Value => emit("Softplus", [x])[0];

/**
 * ONNX Runtime's Sigmoid is ½ plus a rational function, so its error, 3e-8, is much of a small probability. Where there
 * are few elements, as at the end of a detector, the form that stays exact (and whose gradient cannot overflow) costs
 * nothing.
 */
function logistic(x: Value): Value {
  return x.knownShape !== null && x.size <= 1024 ? exp(neg(softplus(neg(x)))) : sigmoid(x);
}

const activations: Readonly<Record<string, (x: Value) => Value>> = {
  linear: (x) => x,
  relu,
  relu6: (x) => clip(x, 0, 6),
  elu: (x) => emit("Elu", [x])[0],
  selu: (x) => emit("Selu", [x])[0],
  sigmoid: logistic,
  hardsigmoid: hardSigmoid,
  tanh,
  softplus,
  softsign: (x) => emit("Softsign", [x])[0],
  swish: (x) => emit("Mul", [x, sigmoid(x)])[0],
  silu: (x) => emit("Mul", [x, sigmoid(x)])[0],
  mish: (x) => emit("Mish", [x])[0],
  gelu: (x) => emit("Gelu", [x])[0],
  gelunew: (x) => emit("Gelu", [x], { approximate: "tanh" })[0],
  exponential: (x) => emit("Exp", [x])[0],
};

/** Applies an activation by name (case and underscores do not matter). */
export function activate(x: Twin, name: string): Twin {
  const key = name.toLowerCase().replaceAll("_", "");
  if (key === "softmax" || key === "logsoftmax") return channelSoftmax(x, key === "softmax" ? "Softmax" : "LogSoftmax");
  const apply = Object.hasOwn(activations, key) ? activations[key] : undefined;
  if (apply === undefined) throw unknownName("ACTIVATION_UNSUPPORTED", "activation", name, Object.keys(activations));
  return pointwise([x], apply);
}

/** Softmax over the last axis of the model's own layout. */
export function channelSoftmax(x: Twin, op: "Softmax" | "LogSoftmax", axis = -1): Twin {
  const at = x.computedAxis(axis);
  return pointwise([x], (value) => (op === "Softmax" ? softmax(value, at) : emit(op, [value], { axis: at })[0]));
}
