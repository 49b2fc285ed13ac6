/** @file Twin: a value of a TensorFlow graph with its channels-first twin; each is made from the other when asked for. */
import type { DType } from "../graph/dtype.js";
import { NoemaError } from "../graph/error.js";
import { Value } from "../graph/value.js";
import { permute, reshaped } from "./rearrange.js";

/** Axis order that brings the last axis to the second place: N×H×W×C to N×C×H×W. */
function toFirst(rank: number): number[] {
  return [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)];
}

/** Axis order that brings the second axis to the end: N×C×H×W to N×H×W×C. */
function toLast(rank: number): number[] {
  return [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1];
}

/**
 * One value of the model in the layout the model speaks of (`own`: channels last for images) and with the channels as
 * second axis (`first`). Only one of the two is computed by the graph; a chain of convolutions stays in `first`, and a
 * Transpose is there only where one side is asked for that the other was computed in.
 */
export class Twin {
  /** The value as the graph computes it. */
  readonly computed: Value;
  /** Whether that is channels first while the model says channels last. */
  readonly leads: boolean;
  /** The items, where this is no tensor but a list of them; those that were not set yet are undefined. */
  readonly list: readonly (Twin | undefined)[] | undefined;

  private constructor(computed: Value, leads: boolean, list?: readonly (Twin | undefined)[]) {
    this.computed = computed;
    this.leads = leads;
    this.list = list;
  }

  /** A value computed in the model's own layout. */
  static own(value: Value): Twin {
    return new Twin(value, false);
  }

  /** A value computed with channels as second axis where the model has them last. */
  static first(value: Value): Twin {
    return new Twin(value, value.knownShape === null || value.rank > 2);
  }

  /** A list of tensors, as loops carry it. */
  static list(items: readonly (Twin | undefined)[]): Twin {
    const failure = new NoemaError("SHAPE_UNKNOWN", { found: `a list of ${items.length} tensors` });
    return new Twin(new Value({ dtype: "float32", shape: null, failure }), false, items);
  }

  /** A value that cannot be had, and why. */
  static failed(failure: NoemaError): Twin {
    return new Twin(new Value({ dtype: "float32", shape: null, failure }), false);
  }

  get dtype(): DType {
    return this.computed.dtype;
  }

  get rank(): number {
    return this.computed.rank;
  }

  /** The dimensions in the model's own layout. */
  get shape(): readonly number[] {
    const { shape } = this.computed;
    return this.leads ? toLast(shape.length).map((axis) => shape[axis]) : shape;
  }

  /** In the model's own layout. */
  get own(): Value {
    return this.leads ? permute(this.computed, toLast(this.rank)) : this.computed;
  }

  /** With channels as second axis. */
  get first(): Value {
    return this.leads || this.rank < 3 ? this.computed : permute(this.computed, toFirst(this.rank));
  }

  /** The axis of `computed` that is this axis of the model's own layout. */
  computedAxis(axis: number): number {
    const place = axis < 0 ? axis + this.rank : axis;
    return this.leads ? toLast(this.rank)[place] : place;
  }
}

/**
 * Operands of an elementwise operator brought to one layout: channels first where one of them of full rank is computed
 * so, the model's own elsewhere.
 */
function aligned(twins: readonly Twin[]): { readonly values: Value[]; readonly leads: boolean } {
  if (twins.length === 0) throw new NoemaError("OPERATOR_INPUTS", { found: "no inputs", needed: "one at least" });
  const rank = Math.max(...twins.map((t) => t.rank));
  if (!twins.some((t) => t.leads && t.rank === rank)) return { values: twins.map((t) => t.own), leads: false };
  return { values: twins.map((t) => operandFirst(t, rank)), leads: true };
}

function operandFirst(twin: Twin, rank: number): Value {
  if (twin.rank === rank) return twin.first;
  if (twin.rank === 0) return twin.own;
  const shape = [...new Array<number>(rank - twin.rank).fill(1), ...twin.shape];
  return permute(reshaped(twin.own, shape), toFirst(rank));
}

/** Applies an elementwise operator to values in one layout. */
export function pointwise(twins: readonly Twin[], apply: (...values: Value[]) => Value): Twin {
  const { values, leads } = aligned(twins);
  const result = apply(...values);
  return leads ? Twin.first(result) : Twin.own(result);
}
