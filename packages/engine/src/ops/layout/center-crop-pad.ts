/** @file CenterCropPad: crops or pads with zeros, equally on both sides, to the wanted size of axes. */
import { ints } from "../../graph/attribute.js";
import { pad } from "../../graph/builder.js";
import { knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp, expansion } from "../../graph/op.js";
import { allAxes, resolveAxes } from "../axes.js";
import { known, uniform } from "../case.js";

/** The shape reached, and how many elements come before those of the input (negative: how many of it are cropped). */
function centered(dims: readonly number[], wanted: readonly number[], axesGiven: readonly number[] | undefined) {
  const axes = resolveAxes(axesGiven ?? allAxes(dims.length), dims.length);
  if (wanted.length !== axes.length || wanted.some((d) => d < 0)) {
    throw new NoemaError("CROP_SHAPE", {
      found: `a wanted shape [${wanted.join(", ")}]`,
      needed: `${axes.length} sizes that are not negative`,
    });
  }
  const shape = [...dims];
  const before = dims.map(() => 0);
  axes.forEach((axis, i) => {
    shape[axis] = wanted[i];
    // Of an odd difference the smaller half comes first, whether it is added or taken away.
    before[axis] = Math.trunc((wanted[i] - dims[axis]) / 2);
  });
  return { shape, before };
}

export const CenterCropPad = defineOp({
  name: "CenterCropPad",
  since: 18,
  attributes: { axes: ints() },
  shape: ([x, shape], { axes }) => [
    { dtype: x.dtype, shape: centered(x.shape, knownNumbers(shape, "the wanted shape"), axes).shape },
  ],
  gradient: expansion<{ readonly axes: readonly number[] | undefined }>(([x, wanted], { axes }) => {
    const { shape, before } = centered(x.shape, knownNumbers(wanted, "the wanted shape"), axes);
    return [pad(x, [...before, ...shape.map((d, i) => d - x.shape[i] - before[i])])];
  }),
  oracle: ([x, wanted], { axes }) => {
    const { shape, before } = centered(x.dims, [...wanted.data], axes);
    const strides = stridesOf(x.dims);
    return [
      fromIndex(shape, (index) => {
        const source = index.map((at, axis) => at - before[axis]);
        const inside = source.every((at, axis) => at >= 0 && at < x.dims[axis]);
        return inside ? x.data[flatIndex(source, strides)] : 0;
      }),
    ];
  },
  cases: [
    { inputs: [uniform([5, 4]), known([2, 7])] },
    { inputs: [uniform([3, 6, 2]), known([3, 3])], attributes: { axes: [-2, 0] } },
    { inputs: [uniform([4]), known([4])], note: "fits already" },
  ],
});
