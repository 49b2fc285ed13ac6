/** @file rotate: turns the picture around its middle. */
import type { Move } from "./affine.js";

/** By one of these angles; positive ones turn anticlockwise. */
export function rotate(degrees: readonly number[]): Move {
  return (random) => {
    const angle = (random.pick(degrees) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [cos, -sin, 0, sin, cos, 0];
  };
}
