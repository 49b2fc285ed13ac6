/** @file Where GridSample looks, in numbers: pixels, positions brought back inside, neighbours and their weights. */
import { roundHalfEven } from "../special-functions.js";

export type Padding = "zeros" | "border" | "reflection";
export type Interpolation = "linear" | "nearest" | "cubic";

/** One spatial axis: its size and the least and greatest coordinate that is inside. */
export interface Axis {
  readonly size: number;
  readonly low: number;
  readonly high: number;
}

/** With align_corners −1 and 1 are the centres of the outermost pixels, else their outer edges. */
export function axisOf(size: number, alignCorners: boolean): Axis {
  return alignCorners ? { size, low: 0, high: size - 1 } : { size, low: -0.5, high: size - 0.5 };
}

/** Pixel coordinate = normalized · factor + offset. */
export function toPixels({ low, high }: Axis): { factor: number; offset: number } {
  return { factor: (high - low) / 2, offset: (low + high) / 2 };
}

/** Sharpness of cubic interpolation, as the ONNX standard (and PyTorch) fix it. */
const a = -0.75;

/** Keys's cubic kernel at distance t ≥ 0. */
function cubicKernel(t: number): number {
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}

/** Its two pieces as polynomials, highest power first. */
export const cubicPieces = { near: [a + 2, -(a + 3), 0, 1], far: [a, -5 * a, 8 * a, -4 * a] } as const;

/** Steps from the pixel below a position to the neighbours that count. */
export const tapSteps: Readonly<Record<Interpolation, readonly number[]>> = {
  nearest: [0],
  linear: [0, 1],
  cubic: [-1, 0, 1, 2],
};

interface Tap {
  readonly index: number;
  readonly weight: number;
}

/** The neighbours of a position along one axis, with the weights they have. */
export function tapsOf(position: number, axis: Axis, mode: Interpolation, padding: Padding): Tap[] {
  const at = inside(mode === "nearest" ? roundHalfEven(position) : position, axis, padding);
  const base = Math.floor(at);
  return tapSteps[mode].map((step) => {
    const distance = Math.abs(base + step - at);
    const weight = mode === "nearest" ? 1 : mode === "linear" ? 1 - distance : cubicKernel(distance);
    const index = base + step;
    const found = Math.min(
      axis.size - 1,
      Math.max(0, Math.trunc(padding === "reflection" ? reflected(index, axis) : index)),
    );
    return { index: found, weight: padding === "zeros" && found !== index ? 0 : weight };
  });
}

function inside(at: number, axis: Axis, padding: Padding): number {
  if (at >= axis.low && at <= axis.high) return at;
  if (padding === "border") return Math.min(axis.size - 1, Math.max(0, at));
  return padding === "reflection" ? reflected(at, axis) : at;
}

function reflected(at: number, { low, high }: Axis): number {
  const range = high - low;
  if (range === 0) return low;
  const distance = Math.abs(at - low);
  const turns = Math.floor(distance / range);
  const rest = distance - turns * range;
  return turns % 2 === 0 ? low + rest : high - rest;
}
