/** @file boundary: how much there is along the edge of the pictures; less of it puts things in their middle. */
import { build, constant, Tensor, type Value } from "@noema/engine";
import { blurred } from "./blurred.js";
import { defineObjective, type Objective } from "./objective.js";

export interface BoundaryOptions {
  /** How wide the edge is, in pixels. Default: a tenth of the shorter side (Lucid: 20 pixels, whatever the size). */
  readonly width?: number;
}

/** The grey that the edge should have, and how much that counts (Lucid, penalize_boundary_complexity). */
const [grey, greyWeight] = [0.5, 0.8];

/**
 * The mean over the pixels of the edge, and channels, of (x − blurred x)² + 0.8·(x − 0.5)² (Lucid's
 * penalize_boundary_complexity, which sums). To be subtracted.
 */
export function boundary({ width }: BoundaryOptions = {}): Objective {
  return {
    text: width === undefined ? "boundary" : `boundary:${width}`,
    build: ({ pictures }) => {
      const rough = build.sub(pictures, blurred(pictures, 5));
      const bright = build.sub(pictures, grey);
      const square = (x: Value) => build.mul(x, x);
      const complexity = build.add(square(rough), build.mul(square(bright), greyWeight));
      const [, channels, rows, columns] = pictures.shape;
      const weighted = build.mul(complexity, edge(rows, columns, channels, width));
      return build.reduceSum(weighted, [1, 2, 3], { keepdims: false });
    },
  };
}

export const boundaryObjective = defineObjective({
  name: "boundary",
  summary: "how rough and how far from grey the edge of the pictures is, by default a tenth of the side wide",
  penalty: true,
  fields: { width: "unit?" },
  create: (fields) => boundary(fields),
});

/** 1×1×H×W: on the edge, of how many numbers it is one; 0 within. */
function edge(height: number, width: number, channels: number, given: number | undefined): Value {
  const thickness = Math.max(1, given ?? Math.round(Math.min(height, width) / 10));
  const inside = (i: number, length: number) => i >= thickness && i < length - thickness;
  const mask = Float64Array.from({ length: height * width }, (_, i) =>
    inside(Math.floor(i / width), height) && inside(i % width, width) ? 0 : 1,
  );
  const count = channels * mask.reduce((sum, v) => sum + v);
  return constant(
    Tensor.ofNumbers(
      "float32",
      [1, 1, height, width],
      mask.map((v) => v / count),
    ),
  );
}
