/**
 * @file What the gradients of RNN, GRU and LSTM have in common.
 *
 * The outputs of the layer give the hidden state before every step, so what goes into all gates at all steps is one
 * matrix product, and so are the gradients of X, W and R. Only what must go step by step goes through `recur`: a few
 * elementwise operators and one product with R.
 */
import {
  add,
  concat,
  greater,
  matmul,
  mul,
  reduceSum,
  reshape,
  slice,
  split,
  transpose,
  where,
  zeros,
} from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import type { GradientCall } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { type CellActivation, type CellAttributes, cellActivations, directionsOf } from "./cell-activations.js";
import { type CellSizes, cellSizes } from "./cell-inputs.js";

/** One direction of a layer. T steps, N batch, I input, H hidden, G gates. */
export interface CellDirection {
  readonly sizes: CellSizes;
  readonly reverse: boolean;
  readonly activations: readonly CellActivation[];
  /** T×N×I. */
  readonly x: Value;
  /** GH×I. */
  readonly w: Value;
  /** GH×H. */
  readonly r: Value;
  /** GH each, or null: the halves of B. */
  readonly wBias: Value | null;
  readonly rBias: Value | null;
  /** 3H, or null. */
  readonly peepholes: Value | null;
  /** T×N×1, true before a sequence's end; null where all are of full length. */
  readonly live: Value | null;
  /** T×N×H: the hidden state after and before each step. */
  readonly y: Value;
  readonly hBefore: Value;
  /** N×H. */
  readonly c0: Value;
  /** Gradients of Y (T×N×H), Y_h and Y_c (N×H). */
  readonly gY: Value;
  readonly gH: Value;
  readonly gC: Value;
}

/** Gradients of one direction; T×N×GH of what goes into the gates, through W and through R. */
export interface DirectionGradient {
  readonly throughW: Value;
  /** Left out where it is the same. */
  readonly throughR?: Value;
  /** GH×H, where it is not `throughR` times the hidden states. */
  readonly r?: () => Value;
  readonly h0: Value;
  readonly c0?: Value;
  readonly peepholes?: () => Value;
}

/** The gradients of a layer's inputs, from those of its directions. */
export function cellGradient(
  call: GradientCall<CellAttributes & { hidden_size: number; layout: number }>,
  gates: number,
  defaults: readonly string[],
  ofDirection: (direction: CellDirection) => DirectionGradient,
): (Value | null)[] {
  const { inputs, attributes, wanted } = call;
  const sizes = cellSizes(inputs, gates, attributes);
  const activations = cellActivations(attributes, defaults);
  const parts = directionsOf(attributes.direction).map((name, d) => {
    const direction = directionAt(call, sizes, { d, gates, reverse: name === "reverse", activations: activations[d]! });
    return inputGradients(direction, ofDirection(direction), wanted);
  });
  return inputs.map((_, i) => {
    const own = parts.map((list) => list[i] ?? null);
    if (own.includes(null)) return null;
    if (i === 0) return own.reduce((a, b) => add(a!, b!));
    return concat(
      own.map((g) => reshape(g!, [1, ...g!.shape])),
      0,
    );
  });
}

/** Gradients of one direction, in the order of the layer's inputs. */
function inputGradients(cell: CellDirection, found: DirectionGradient, wanted: readonly boolean[]): (Value | null)[] {
  const { throughW, throughR = throughW } = found;
  const { x, w, hBefore } = cell;
  const rows = (g: Value) => reduceSum(g, [0, 1], { keepdims: false });
  const bias = () => {
    const first = rows(throughW);
    return concat([first, throughR === throughW ? first : rows(throughR)], 0);
  };
  return [
    wanted[0] ? matmul(throughW, w) : null,
    wanted[1] ? outerProducts(throughW, x) : null,
    wanted[2] ? (found.r?.() ?? outerProducts(throughR, hBefore)) : null,
    wanted[3] ? bias() : null,
    null,
    wanted[5] ? found.h0 : null,
    wanted[6] ? (found.c0 ?? null) : null,
    wanted[7] ? (found.peepholes?.() ?? null) : null,
  ];
}

/** Σ over steps and batch of a ⊗ b: T×N×A and T×N×B to A×B. */
export function outerProducts(a: Value, b: Value): Value {
  const flat = (v: Value) => reshape(v, [v.shape[0]! * v.shape[1]!, v.shape[2]!]);
  return emit("Gemm", [flat(a), flat(b)], { transA: 1 })[0]!;
}

/** T×N×GH: x W' + h R' + biases, for all steps at once. `r` may be some rows of R only. */
export function gateInputs(x: Value, w: Value, bias: Value | null): Value {
  const product = matmul(x, transpose(w, [1, 0]));
  return bias === null ? product : add(product, bias);
}

/** Cuts the last axis into equal parts. */
export function gatesOf(v: Value, count: number): readonly Value[] {
  const size = v.shape[v.rank - 1]! / count;
  return split(v, new Array<number>(count).fill(size), v.rank - 1);
}

interface DirectionChoice {
  readonly d: number;
  readonly gates: number;
  readonly reverse: boolean;
  readonly activations: readonly CellActivation[];
}

function directionAt(call: GradientCall<unknown>, sizes: CellSizes, choice: DirectionChoice): CellDirection {
  const { inputs, outputs, outputGradients } = call;
  const { steps, batch, hidden } = sizes;
  const { d, gates, reverse, activations } = choice;
  const at = (v: Value | null | undefined, axis = 0): Value | null => (v ? pick(v, axis, d) : null);
  const state = (v: Value | null | undefined) => at(v) ?? zeros([batch, hidden]);
  const bias = at(inputs[3]);
  const [wBias, rBias] = bias === null ? [null, null] : (split(bias, [gates * hidden, gates * hidden], 0) as Value[]);
  const live = inputs[4] ? liveSteps(inputs[4], steps) : null;
  const h0 = state(inputs[5]);
  const y = at(outputs[0], 1)!;
  const gY = at(outputGradients[0], 1)!;
  return {
    sizes,
    reverse,
    activations,
    x: inputs[0]!,
    w: at(inputs[1])!,
    r: at(inputs[2])!,
    wBias: wBias!,
    rBias: rBias!,
    peepholes: at(inputs[7]),
    live,
    y,
    hBefore: before(y, h0, reverse, live),
    c0: state(inputs[6]),
    gY: live === null ? gY : where(live, gY, 0),
    gH: state(outputGradients[1]),
    gC: state(outputGradients[2]),
  };
}

/** v[…, d, …], without the axis. */
function pick(v: Value, axis: number, d: number): Value {
  const shape = v.shape.filter((_, i) => i !== axis);
  return reshape(v.shape[axis] === 1 ? v : slice(v, [d], [d + 1], [axis]), shape);
}

/** T×N×1: is the sequence still running at this step? */
function liveSteps(lengths: Value, steps: number): Value {
  const at = constant(
    Tensor.ofNumbers(
      lengths.dtype,
      [steps, 1, 1],
      Array.from({ length: steps }, (_, t) => t),
    ),
  );
  return greater(reshape(lengths, [1, lengths.shape[0]!, 1]), at);
}

/**
 * What a state (T×N×H) was before each step. A sequence that goes from its end starts with `first` wherever that end
 * is: there, what the layer puts out after the end is not the state.
 */
export function before(after: Value, first: Value, reverse: boolean, live: Value | null): Value {
  const steps = after.shape[0]!;
  const start = reshape(first, [1, ...first.shape]);
  if (steps === 1) return start;
  if (!reverse) return concat([start, slice(after, [0], [steps - 1], [0])], 0);
  const shifted = concat([slice(after, [1], [steps], [0]), start], 0);
  if (live === null) return shifted;
  const none = zeros([1, live.shape[1]!, 1], "bool");
  return where(concat([slice(live, [1], [steps], [0]), none], 0), shifted, start);
}

/** A factor that is `otherwise` after a sequence's end. */
export function whereLive(live: Value | null, factor: Value, otherwise: number): Value {
  return live === null ? factor : where(live, factor, otherwise);
}

/** Sum of products over steps and batch: T×N×H twice, to H. */
export function sumOfProducts(a: Value, b: Value): Value {
  return reduceSum(mul(a, b), [0, 1], { keepdims: false });
}
