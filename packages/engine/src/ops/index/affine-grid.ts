/** @file AffineGrid: the coordinates GridSample takes, moved by an affine map per example. */
import { int } from "../../graph/attribute.js";
import { matmul, reshape, transpose } from "../../graph/builder.js";
import { constant, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { forEachIndex, type Nd, ndZeros } from "../../graph/nd.js";
import { defineOp, expansion } from "../../graph/op.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import { known, uniform } from "../case.js";

/** Normalized coordinate of pixel i of n. Of a single pixel with align_corners the standard says nothing: ONNX Runtime takes 1. */
function coordinate(i: number, n: number, alignCorners: boolean): number {
  if (!alignCorners) return (2 * i + 1) / n - 1;
  return n === 1 ? 1 : (2 * i) / (n - 1) - 1;
}

/** Homogeneous coordinates of all pixels, the last axis first: pixels×(axes + 1). */
function pixelCoordinates(spatial: readonly number[], alignCorners: boolean): Nd {
  const axes = spatial.length;
  const out = ndZeros([sizeOf(spatial), axes + 1]);
  forEachIndex(spatial, (index, flat) => {
    for (let k = 0; k < axes; k++) {
      const axis = axes - 1 - k;
      out.data[flat * (axes + 1) + k] = coordinate(index[axis], spatial[axis], alignCorners);
    }
    out.data[flat * (axes + 1) + axes] = 1;
  });
  return out;
}

export const AffineGrid = defineOp({
  name: "AffineGrid",
  since: 20,
  attributes: { align_corners: int(0) },
  shape: ([theta, size]) => {
    const [n, , ...spatial] = knownNumbers(size, "size");
    const axes = spatial.length;
    if ((axes !== 2 && axes !== 3) || theta.shape.join() !== [n, axes, axes + 1].join()) {
      throw new NoemaError("GRID_SHAPE", {
        found: `theta of shape [${theta.shape.join(", ")}] for a size of ${axes + 2} numbers`,
        needed: "N×2×3 for pictures, N×3×4 for volumes",
      });
    }
    return [{ dtype: theta.dtype, shape: [n, ...spatial, axes] }];
  },
  gradient: expansion(([theta, size], { align_corners }: { align_corners: number }) => {
    const [n, , ...spatial] = knownNumbers(size, "size");
    const pixels = pixelCoordinates(spatial, align_corners !== 0);
    const base = constant(Tensor.ofNumbers("float32", pixels.dims, pixels.data));
    return [reshape(matmul(base, transpose(theta, [0, 2, 1])), [n, ...spatial, spatial.length])];
  }),
  oracle: ([theta], { align_corners }, [{ shape }]) => {
    const axes = shape.length - 2;
    const pixels = pixelCoordinates(shape.slice(1, -1), align_corners !== 0);
    const out = ndZeros(shape);
    for (let flat = 0; flat < out.data.length; flat++) {
      const [row, k] = [Math.floor(flat / axes), flat % axes];
      const [example, pixel] = [Math.floor(row / pixels.dims[0]), row % pixels.dims[0]];
      for (let j = 0; j <= axes; j++) {
        out.data[flat] += theta.data[(example * axes + k) * (axes + 1) + j] * pixels.data[pixel * (axes + 1) + j];
      }
    }
    return [out];
  },
  cases: [
    { inputs: [uniform([2, 2, 3]), known([2, 1, 2, 3])] },
    { inputs: [uniform([1, 2, 3]), known([1, 3, 3, 2])], attributes: { align_corners: 1 } },
    { inputs: [uniform([1, 2, 3]), known([1, 1, 1, 3])], attributes: { align_corners: 1 }, note: "one row" },
    { inputs: [uniform([1, 3, 4]), known([1, 1, 2, 3, 2])], note: "3-D" },
  ],
});
