/** @file NonMaxSuppression: the best boxes of each class, leaving out those that overlap a better one too much. */
import { int } from "../../graph/attribute.js";
import { type Nd, nd } from "../../graph/nd.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { known } from "../case.js";
import { typesFromData } from "./types-from-data.js";

type Corners = readonly [top: number, left: number, bottom: number, right: number];

function corners([a, b, c, d]: ArrayLike<number> & Iterable<number>, centred: boolean): Corners {
  if (centred) return [b - d / 2, a - c / 2, b + d / 2, a + c / 2];
  return [Math.min(a, c), Math.min(b, d), Math.max(a, c), Math.max(b, d)];
}

/** Area of the intersection over area of the union. */
function overlap(a: Corners, b: Corners): number {
  const height = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const width = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (height <= 0 || width <= 0) return 0;
  const area = (box: Corners) => (box[2] - box[0]) * (box[3] - box[1]);
  return (height * width) / (area(a) + area(b) - height * width);
}

function suppress(inputs: readonly (Nd | null | undefined)[], centred: boolean): Nd {
  const [boxes, scores] = inputs as readonly Nd[];
  const most = inputs[2]?.data[0] ?? 0;
  const threshold = inputs[3]?.data[0] ?? 0;
  const lowest = inputs[4]?.data[0];
  const [batches, classes, count] = scores.dims;
  const chosen: number[] = [];
  for (let batch = 0; batch < batches; batch++) {
    const box = (i: number) => corners(boxes.data.slice((batch * count + i) * 4, (batch * count + i + 1) * 4), centred);
    for (let c = 0; c < classes; c++) {
      const score = (i: number) => scores.data[(batch * classes + c) * count + i];
      const candidates = Array.from({ length: count }, (_, i) => i)
        .filter((i) => lowest === undefined || score(i) > lowest)
        .sort((i, j) => score(j) - score(i) || i - j);
      const kept: number[] = [];
      for (const i of candidates) {
        if (kept.length >= most) break;
        if (kept.every((k) => overlap(box(k), box(i)) <= threshold)) kept.push(i);
      }
      for (const i of kept) chosen.push(batch, c, i);
    }
  }
  return nd([chosen.length / 3, 3], chosen);
}

export const NonMaxSuppression = defineOp({
  name: "NonMaxSuppression",
  since: 11,
  attributes: { center_point_box: int(0) },
  shape: (inputs, { center_point_box }) =>
    typesFromData(inputs, ["int64"], (arrays) => [suppress(arrays, center_point_box !== 0)]),
  gradient: undifferentiable("which boxes are kept does not change smoothly"),
  oracle: (inputs, { center_point_box }) => [suppress(inputs, center_point_box !== 0)],
  cases: [
    {
      inputs: [
        known([0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 2, 1, 3], [1, 3, 4], "float32"),
        known([0.9, 0.75, 0.6], [1, 1, 3], "float32"),
        known([2]),
        known([0.5], [1], "float32"),
      ],
    },
    {
      inputs: [
        known([0.5, 0.5, 1, 1, 0.6, 0.5, 1, 1, 2.5, 0.5, 1, 1], [1, 3, 4], "float32"),
        known([0.9, 0.75, 0.6, 0.1, 0.2, 0.3], [1, 2, 3], "float32"),
        known([3]),
        known([0.5], [1], "float32"),
        known([0.15], [1], "float32"),
      ],
      attributes: { center_point_box: 1 },
    },
  ],
});
