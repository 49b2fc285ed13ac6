/** @file rotate: turns the picture around its middle. */
import { type Amount, drawnAmount } from "../amount.js";
import type { Move } from "./affine.js";
import { defineTransform } from "./transform.js";

/** By one of these angles; positive ones turn anticlockwise. */
export function rotate(degrees: Amount): Move {
  return (random) => {
    const angle = (drawnAmount(degrees, random) * Math.PI) / 180;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return [cos, -sin, 0, sin, cos, 0];
  };
}

export const rotateKind = defineTransform({
  name: "rotate",
  summary: "turns the picture around its middle, anticlockwise",
  amount: { name: "DEGREES", form: "drawn", least: -360, most: 360 },
  create: rotate,
});
