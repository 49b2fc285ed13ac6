/** @file DepthToSpace: blocks of channels become blocks of pixels. */
import { int, string } from "../../graph/attribute.js";
import { concat, reshape, slice } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const DepthToSpace = defineOp({
  name: "DepthToSpace",
  since: 13,
  attributes: { blocksize: int.required(), mode: string("DCR") },
  shape: ([x], { blocksize, mode }) => {
    if (x.rank !== 4 || blocksize < 1 || x.shape[1] % (blocksize * blocksize) !== 0 || !["DCR", "CRD"].includes(mode)) {
      throw new NoemaError("DEPTH_TO_SPACE", {
        found: `input [${x.shape}], blocksize ${blocksize}, mode ${mode}`,
        needed: "N×C×H×W with C divisible by blocksize², mode DCR or CRD",
      });
    }
    const [n, c, h, w] = x.shape;
    return [{ dtype: x.dtype, shape: [n, c / blocksize ** 2, h * blocksize, w * blocksize] }];
  },
  gradient: ({ inputs: [x], outputGradients: [g], attributes: { blocksize: b, mode } }) => {
    if (mode === "DCR") return [emit("SpaceToDepth", [g], { blocksize: b })[0]];
    const [n, c, h, w] = x.shape;
    // Every place of a block by itself: one Transpose of six axes takes six times as long in ONNX Runtime.
    const pictures = reshape(g, [(n * c) / b ** 2, 1, h * b, w * b]);
    const places = Array.from({ length: b ** 2 }, (_, i) => [Math.floor(i / b), i % b]);
    const phases = places.map((place) => slice(pictures, place, [h * b, w * b], [2, 3], [b, b]));
    return [reshape(concat(phases, 1), x.shape)];
  },
  oracle: ([x], { blocksize: b, mode }, [{ shape }]) => {
    const strides = stridesOf(x.dims);
    const channels = shape[1];
    return [
      fromIndex(shape, ([n, c, row, column]) => {
        const block = (row % b) * b + (column % b);
        const channel = mode === "DCR" ? block * channels + c : c * b * b + block;
        return x.data[flatIndex([n, channel, Math.floor(row / b), Math.floor(column / b)], strides)];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([2, 8, 2, 3])], attributes: { blocksize: 2 } },
    { inputs: [uniform([1, 9, 2, 2])], attributes: { blocksize: 3, mode: "CRD" } },
  ],
});
