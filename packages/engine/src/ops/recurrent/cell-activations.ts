/** @file The activations that RNN, GRU and LSTM name in their `activations` attribute: value, slope and oracle. */
import { abs, add, clip, full, greater, less, mul, relu, sigmoid, sub, tanh, where } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError, unknownName } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";

/** One activation, its parameters filled in. */
export interface CellActivation {
  readonly of: (z: Value) => Value;
  /** Derivative at z, where y = of(z). */
  readonly slope: (z: Value, y: Value) => Value;
  readonly oracle: (z: number) => number;
}

interface ActivationKind {
  /** Defaults of activation_alpha and activation_beta, in the order in which they are given; none: it takes none. */
  readonly alpha?: number;
  readonly beta?: number;
  readonly make: (alpha: number, beta: number) => CellActivation;
}

const one = (op: string, z: Value, attributes = {}) => emit(op, [z], attributes)[0]!;

/** By lower-case name; formulas and defaults as the ONNX standard lists them under RNN. */
const kinds: Readonly<Record<string, ActivationKind>> = {
  relu: {
    make: () => ({ of: relu, slope: (z) => where(greater(z, 0), 1, 0), oracle: (z) => Math.max(z, 0) }),
  },
  tanh: {
    make: () => ({ of: tanh, slope: (_, y) => sub(1, mul(y, y)), oracle: Math.tanh }),
  },
  sigmoid: {
    make: () => ({ of: sigmoid, slope: (_, y) => mul(y, sub(1, y)), oracle: (z) => 1 / (1 + Math.exp(-z)) }),
  },
  affine: {
    alpha: 1,
    beta: 0,
    make: (a, b) => ({ of: (z) => add(mul(z, a), b), slope: (z) => full(z.shape, a), oracle: (z) => a * z + b }),
  },
  leakyrelu: {
    alpha: 0.01,
    make: (alpha) => ({
      of: (z) => one("LeakyRelu", z, { alpha }),
      slope: (z) => where(less(z, 0), alpha, 1),
      oracle: (z) => (z < 0 ? alpha * z : z),
    }),
  },
  thresholdedrelu: {
    alpha: 1,
    make: (alpha) => ({
      of: (z) => where(greater(z, alpha), z, 0),
      slope: (z) => where(greater(z, alpha), 1, 0),
      oracle: (z) => (z > alpha ? z : 0),
    }),
  },
  scaledtanh: {
    alpha: 1,
    beta: 1,
    make: (a, b) => ({
      of: (z) => mul(tanh(mul(z, b)), a),
      slope: (_, y) => sub(a * b, mul(mul(y, y), b / a)),
      oracle: (z) => a * Math.tanh(b * z),
    }),
  },
  hardsigmoid: {
    alpha: 0.2,
    beta: 0.5,
    make: (alpha, beta) => ({
      of: (z) => one("HardSigmoid", z, { alpha, beta }),
      slope: (z) => where(less(abs(add(mul(z, alpha), beta - 0.5)), 0.5), alpha, 0),
      oracle: (z) => Math.min(1, Math.max(0, alpha * z + beta)),
    }),
  },
  elu: {
    alpha: 1,
    make: (alpha) => ({
      of: (z) => one("Elu", z, { alpha }),
      slope: (z, y) => where(less(z, 0), add(y, alpha), 1),
      oracle: (z) => (z < 0 ? alpha * Math.expm1(z) : z),
    }),
  },
  softsign: {
    make: () => ({
      of: (z) => one("Softsign", z),
      slope: (_, y) => {
        const rest = sub(1, abs(y));
        return mul(rest, rest);
      },
      oracle: (z) => z / (1 + Math.abs(z)),
    }),
  },
  softplus: {
    make: () => ({
      of: (z) => one("Softplus", z),
      slope: (z) => sigmoid(z),
      oracle: (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))),
    }),
  },
};

export interface CellAttributes {
  readonly direction: string;
  readonly activations?: readonly string[] | undefined;
  readonly activation_alpha?: readonly number[] | undefined;
  readonly activation_beta?: readonly number[] | undefined;
  readonly clip?: number | undefined;
}

/** Names of the directions that a `direction` attribute stands for. */
export function directionsOf(direction: string): readonly ("forward" | "reverse")[] {
  if (direction === "bidirectional") return ["forward", "reverse"];
  if (direction === "forward" || direction === "reverse") return [direction];
  throw unknownName("RECURRENT_DIRECTION", "direction", direction, ["forward", "reverse", "bidirectional"]);
}

/**
 * The activations of each direction. A list shorter than directions × functions is an error; alphas and betas are
 * handed out in order to those activations that take one, as ONNX Runtime does.
 */
export function cellActivations(attributes: CellAttributes, defaults: readonly string[]): CellActivation[][] {
  const directions = directionsOf(attributes.direction);
  const names = attributes.activations ?? directions.flatMap(() => defaults);
  if (names.length !== directions.length * defaults.length) {
    throw new NoemaError("RECURRENT_ACTIVATIONS", {
      found: `${names.length} activations (${names.join(", ")})`,
      needed: `${defaults.length} for each of ${directions.length} directions`,
    });
  }
  const alphas = [...(attributes.activation_alpha ?? [])];
  const betas = [...(attributes.activation_beta ?? [])];
  const made = names.map((name) => {
    const kind = kinds[name.toLowerCase()];
    if (kind === undefined) throw unknownName("RECURRENT_ACTIVATIONS", "activation", name, Object.keys(kinds));
    const alpha = kind.alpha === undefined ? 0 : (alphas.shift() ?? kind.alpha);
    const beta = kind.beta === undefined ? 0 : (betas.shift() ?? kind.beta);
    return clipped(kind.make(alpha, beta), attributes.clip);
  });
  return directions.map((_, d) => made.slice(d * defaults.length, (d + 1) * defaults.length));
}

/** `clip` bounds what goes into an activation; outside the bounds nothing flows back. */
function clipped(activation: CellActivation, limit: number | undefined): CellActivation {
  if (limit === undefined || limit <= 0) return activation;
  const bounded = (z: Value) => clip(z, -limit, limit);
  return {
    of: (z) => activation.of(bounded(z)),
    slope: (z, y) => where(less(abs(z), limit), activation.slope(bounded(z), y), 0),
    oracle: (z) => activation.oracle(Math.min(limit, Math.max(-limit, z))),
  };
}
