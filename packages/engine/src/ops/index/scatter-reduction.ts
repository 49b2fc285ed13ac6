/** @file What ScatterElements and ScatterND share: how an update is combined with what is there, and the gradients. */
import { cast, div, equal, full, mul, where, zeros } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import type { Value } from "../../graph/value.js";

const combinations: Readonly<Record<string, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  max: (old, update) => Math.max(old, update),
  min: (old, update) => Math.min(old, update),
};

/** How the named reduction combines an update with the element that is there. */
export function combinationOf(reduction: string): (old: number, update: number) => number {
  const combine = combinations[reduction];
  if (combine === undefined) {
    throw new NoemaError("ATTRIBUTE_VALUE", {
      found: `reduction "${reduction}"`,
      needed: `one of ${Object.keys(combinations).join(", ")}`,
    });
  }
  return combine;
}

interface ScatterCall {
  readonly data: Value;
  readonly updates: Value;
  readonly y: Value;
  readonly g: Value;
  readonly reduction: string;
  /** Elements at the scattered positions, in the shape of the updates. */
  readonly take: (x: Value) => Value;
  /** Scatters by the same indices. */
  readonly put: (base: Value, updates: Value, reduction: string) => Value;
}

/** d objective / d data and d updates. Among equal maxima (or minima) the gradient is split evenly. */
export function scatterGradient(call: ScatterCall): [Value, Value] {
  const { updates, g, reduction, take, put } = call;
  if (reduction === "none") return [put(g, zeros(updates.shape), "none"), take(g)];
  if (reduction === "add") return [g, take(g)];
  if (reduction === "mul") return productGradient(call);
  return extremeGradient(call);
}

/** Right with zeros too: an update's factor is the product of all others that land on the same element. */
function productGradient({ data, updates, g, take, put }: ScatterCall): [Value, Value] {
  const isZero = equal(updates, 0);
  const zeroCount = put(zeros(data.shape), cast(isZero, "float32"), "add");
  const nonzero = where(isZero, 1, updates);
  const product = put(full(data.shape, 1), nonzero, "mul");
  const others = take(mul(mul(g, data), product));
  const count = take(zeroCount);
  const factor = where(isZero, cast(equal(count, 1), "float32"), div(cast(equal(count, 0), "float32"), nonzero));
  return [mul(g, where(equal(zeroCount, 0), product, 0)), mul(others, factor)];
}

function extremeGradient({ data, updates, y, g, take, put }: ScatterCall): [Value, Value] {
  const fromData = cast(equal(data, y), "float32");
  const fromUpdates = cast(equal(updates, take(y)), "float32");
  const share = div(g, put(fromData, fromUpdates, "add"));
  return [mul(share, fromData), mul(take(share), fromUpdates)];
}
