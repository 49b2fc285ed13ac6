/**
 * @file Interpolation along one axis: which elements each result is mixed from, and with which weights. Positions are
 * computed in single precision, step by step as ONNX Runtime does: a rounded position decides which element is nearest.
 */
import { NoemaError } from "../../graph/error.js";
import type { AxisPlan, ResizeAttributes } from "./resize-plan.js";

/** What one element of the result is made of; nothing at all where it lies outside the cropped part. */
export interface Mix {
  readonly from: readonly number[];
  readonly weights: readonly number[];
}

const f = Math.fround;
const outside: Mix = { from: [], weights: [] };

/** One mix per element of the result, or null where the axis stays as it is. */
export function mixesOf(plan: AxisPlan, attributes: ResizeAttributes): Mix[] | null {
  const { size, resized, scale, roi } = plan;
  const { mode, antialias, coordinate_transformation_mode: coordinates } = attributes;
  const whole = roi[0] === 0 && roi[1] === 1;
  if (whole && (antialias ? size === resized : scale === 1)) return null;
  const at = coordinateOf(coordinates, plan);
  return Array.from({ length: resized }, (_, i) => {
    const position = at(i);
    if (coordinates === "tf_crop_and_resize" && (position < 0 || position > size - 1)) return outside;
    if (mode === "nearest") return nearest(position, size, attributes.nearest_mode);
    if (antialias) return antialiased(position, plan, attributes);
    return mode === "linear" ? linear(position, size) : cubic(position, size, attributes);
  });
}

/** Where in the input an element of the result lies (ONNX Resize, coordinate_transformation_mode). */
function coordinateOf(mode: string, { size, resized, scale, roi: [start, end] }: AxisPlan): (i: number) => number {
  switch (mode) {
    case "asymmetric":
      return (i) => f(i / scale);
    case "half_pixel":
      return (i) => f(f(f(i + 0.5) / scale) - 0.5);
    case "pytorch_half_pixel":
      return (i) => (resized > 1 ? f(f(f(i + 0.5) / scale) - 0.5) : 0);
    case "tf_half_pixel_for_nn":
      return (i) => f(f(i + 0.5) / scale);
    case "align_corners":
      return (i) => (resized === 1 ? 0 : f(f(i * (size - 1)) / (resized - 1)));
    case "tf_crop_and_resize":
      return (i) =>
        resized > 1
          ? f(f(start * (size - 1)) + f(f(f(i * f(end - start)) * (size - 1)) / (resized - 1)))
          : f(0.5 * f(start + end) * (size - 1));
    case "half_pixel_symmetric": {
      const adjustment = f(resized / f(scale * size));
      const offset = f(f(size / 2) * f(1 - adjustment));
      return (i) => f(offset + (i + 0.5) / scale - 0.5);
    }
    default:
      throw new NoemaError("ATTRIBUTE_VALUE", { found: `coordinate_transformation_mode "${mode}"` });
  }
}

const clamp = (i: number, size: number) => Math.min(Math.max(i, 0), size - 1);

function nearest(position: number, size: number, mode: string): Mix {
  const halfway = position === Math.trunc(position) + 0.5;
  const rounded = Math.sign(position) * Math.floor(Math.abs(position) + 0.5);
  const chosen =
    mode === "floor" || (mode === "round_prefer_floor" && halfway)
      ? Math.floor(position)
      : mode === "ceil"
        ? Math.ceil(position)
        : rounded;
  return { from: [clamp(chosen, size)], weights: [1] };
}

function linear(position: number, size: number): Mix {
  const inside = Math.min(Math.max(position, 0), size - 1);
  const low = Math.floor(inside);
  const high = Math.min(low + 1, size - 1);
  return low === high ? { from: [low], weights: [1] } : { from: [low, high], weights: [high - inside, inside - low] };
}

/** Keys' cubic convolution kernel (IEEE Trans. ASSP 29, 1981). */
function keys(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

function cubic(position: number, size: number, { cubic_coeff_a: a, exclude_outside: exclude }: ResizeAttributes): Mix {
  const first = Math.floor(position) - 1;
  const places = [first, first + 1, first + 2, first + 3];
  return mixed(
    places,
    places.map((i) => keys(position - i, a)),
    size,
    exclude !== 0,
    false,
  );
}

/** The kernel is widened by the factor that the axis shrinks by, as Pillow has it and ONNX Runtime took over. */
function antialiased(position: number, { size, scale }: AxisPlan, attributes: ResizeAttributes): Mix {
  const { mode, cubic_coeff_a: a, exclude_outside: exclude } = attributes;
  const shrink = Math.max(f(1 / scale), 1);
  const support = f((mode === "cubic" ? 2 : 1) * shrink);
  const center = f(position + 0.5);
  const begin = Math.floor(f(f(center - support) + 0.5));
  const end = Math.floor(f(f(center + support) + 0.5));
  const kernel = mode === "cubic" ? (x: number) => keys(x, a) : (x: number) => Math.max(0, 1 - Math.abs(x));
  const places = Array.from({ length: Math.max(0, end - begin) }, (_, i) => begin + i);
  return mixed(
    places,
    places.map((i) => kernel((i - center + 0.5) / shrink)),
    size,
    exclude !== 0,
    true,
  );
}

/** Places outside the axis are left out, or stand for its first and last element. */
function mixed(
  places: readonly number[],
  weights: readonly number[],
  size: number,
  exclude: boolean,
  normalized: boolean,
): Mix {
  const kept = places.map((i, k) => (exclude && (i < 0 || i >= size) ? 0 : weights[k]));
  const total = kept.reduce((sum, w) => sum + w, 0);
  const scale = (normalized || exclude) && total !== 0 ? 1 / total : 1;
  return { from: places.map((i) => clamp(i, size)), weights: kept.map((w) => w * scale) };
}

/** The mixes as a matrix: one row per element of the result, one column per element of the axis. */
export function matrixOf(mixes: readonly Mix[], size: number): Float32Array {
  const matrix = new Float32Array(mixes.length * size);
  mixes.forEach(({ from, weights }, row) => {
    for (let k = 0; k < from.length; k++) matrix[row * size + from[k]] += weights[k];
  });
  return matrix;
}

/** How often each element is repeated, where that is all that happens and it is the same number for all; else 0. */
export function repetitionOf(mixes: readonly Mix[], size: number): number {
  const times = mixes.length / size;
  if (!Number.isInteger(times)) return 0;
  const repeats = mixes.every(
    ({ from, weights }, i) => weights[0] === 1 && from.length === 1 && from[0] === Math.floor(i / times),
  );
  return repeats ? times : 0;
}
