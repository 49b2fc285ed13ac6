/** @file What ArgMax and ArgMin share. */
import { int } from "../../graph/attribute.js";
import type { Nd } from "../../graph/nd.js";
import type { Value, ValueType } from "../../graph/value.js";
import { resolveAxis } from "../axes.js";
import { reduceNd } from "./reduction.js";

export const argAttributes = { axis: int(0), keepdims: int(1), select_last_index: int(0) };

interface ArgAttributes {
  readonly axis: number;
  readonly keepdims: number;
  readonly select_last_index: number;
}

export function argShape([x]: readonly Value[], attributes: ArgAttributes): [ValueType] {
  const axis = resolveAxis(attributes.axis, x.rank);
  const shape = x.shape.flatMap((d, i) => (i !== axis ? [d] : attributes.keepdims ? [1] : []));
  return [{ dtype: "int64", shape }];
}

/** Position of the element that beats all others; among equals the first, or the last where the attribute says so. */
export function argNd([x]: readonly Nd[], attributes: ArgAttributes, beats: (a: number, b: number) => boolean): [Nd] {
  const axes = { dims: [1], data: Float64Array.of(resolveAxis(attributes.axis, x.dims.length)) };
  const { keepdims, select_last_index } = attributes;
  return reduceNd([x, axes], { keepdims, noop_with_empty_axes: 0 }, (values) => {
    let at = 0;
    values.forEach((v, i) => {
      if (beats(v, values[at]) || (select_last_index && v === values[at])) at = i;
    });
    return at;
  });
}
