/** @file The neighbours that GridSample interpolates between and their weights, as values of the graph. */
import {
  abs,
  add,
  and,
  cast,
  clip,
  concat,
  floor,
  greater,
  greaterOrEqual,
  less,
  lessOrEqual,
  mul,
  or,
  reshape,
  slice,
  squeeze,
  sub,
  where,
} from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import {
  type Axis,
  axisOf,
  cubicPieces,
  type Interpolation,
  type Padding,
  tapSteps,
  toPixels,
} from "./grid-coordinates.js";

export interface GridOptions {
  readonly alignCorners: boolean;
  readonly mode: Interpolation;
  readonly padding: Padding;
}

interface Tap {
  /** int32, N×positions. */
  readonly index: Value;
  /** Null stands for one. */
  readonly weight: Value | null;
}

export interface GridTaps {
  /** int32, neighbours×N×positions. */
  readonly index: Value;
  /** Of the same shape; null stands for ones. */
  readonly weight: Value | null;
}

/**
 * Row numbers and weights of all neighbours of all positions, each neighbours×N×positions. Rows are those of the pixels of
 * all examples, one after the other.
 *
 * @param positions N×positions×axes, the last axis first
 */
export function gridTaps(positions: Value, spatial: readonly number[], options: GridOptions): GridTaps {
  const [n, count] = positions.shape;
  const pixels = sizeOf(spatial);
  const starts = constant(
    Tensor.ofNumbers(
      "int32",
      [n, 1],
      Array.from({ length: n }, (_, i) => i * pixels),
    ),
  );
  let taps: Tap[] = [{ index: starts, weight: null }];
  spatial.forEach((size, i) => {
    const coordinate = squeeze(slice(positions, [spatial.length - 1 - i], [spatial.length - i], [2]), [2]);
    const stride = sizeOf(spatial.slice(i + 1));
    const own = axisTaps(coordinate, axisOf(size, options.alignCorners), options);
    taps = taps.flatMap((tap) =>
      own.map(({ index, weight }) => ({
        index: add(tap.index, stride === 1 ? index : mul(index, stride)),
        weight: tap.weight === null || weight === null ? (weight ?? tap.weight) : mul(tap.weight, weight),
      })),
    );
  });
  const stacked = (values: readonly Value[]) =>
    concat(
      values.map((v) => reshape(v, [1, n, count])),
      0,
    );
  const weights = taps.flatMap(({ weight }) => (weight === null ? [] : [weight]));
  return { index: stacked(taps.map(({ index }) => index)), weight: weights.length === 0 ? null : stacked(weights) };
}

function axisTaps(coordinate: Value, axis: Axis, { mode, padding }: GridOptions): Tap[] {
  const { factor, offset } = toPixels(axis);
  const position = add(mul(coordinate, factor), offset);
  const at = inside(mode === "nearest" ? emit("Round", [position])[0] : position, axis, padding);
  const base = mode === "nearest" ? at : floor(at);
  return tapSteps[mode].map((step) => {
    const index = step === 0 ? base : add(base, step);
    const weight = mode === "nearest" ? null : weightOf(sub(at, base), step, mode);
    const within = clip(padding === "reflection" ? reflected(index, axis) : index, 0, axis.size - 1);
    const whole = cast(within, "int32");
    if (padding !== "zeros") return { index: whole, weight };
    const hit = and(greaterOrEqual(index, 0), lessOrEqual(index, axis.size - 1));
    return { index: whole, weight: weight === null ? cast(hit, "float32") : where(hit, weight, 0) };
  });
}

/** Weight of the neighbour `step` pixels on, for a position `rest` (0…1) past the pixel below it. */
function weightOf(rest: Value, step: number, mode: "linear" | "cubic"): Value {
  if (mode === "linear") return step === 0 ? sub(1, rest) : rest;
  const distance = step <= 0 ? add(rest, -step) : sub(step, rest);
  const [cube, square, linear, one] = step === 0 || step === 1 ? cubicPieces.near : cubicPieces.far;
  return add(mul(add(mul(add(mul(distance, cube), square), distance), linear), distance), one);
}

function inside(at: Value, axis: Axis, padding: Padding): Value {
  if (padding === "zeros") return at;
  if (padding === "reflection") return reflected(at, axis);
  const outside = or(less(at, axis.low), greater(at, axis.high));
  return where(outside, clip(at, 0, axis.size - 1), at);
}

function reflected(at: Value, { low, high }: Axis): Value {
  const range = high - low;
  if (range === 0) return mul(at, 0);
  const distance = abs(sub(at, low));
  const turns = floor(mul(distance, 1 / range));
  const rest = sub(distance, mul(turns, range));
  const odd = sub(turns, mul(floor(mul(turns, 0.5)), 2));
  return where(greater(odd, 0.5), sub(high, rest), add(rest, low));
}
