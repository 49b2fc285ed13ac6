/** @file SpaceToDepth: blocks of pixels become blocks of channels. */
import { int } from "../../graph/attribute.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";

export const SpaceToDepth = defineOp({
  name: "SpaceToDepth",
  since: 13,
  attributes: { blocksize: int.required() },
  shape: ([x], { blocksize: b }) => {
    const [n, c, h, w] = x.shape;
    if (x.rank !== 4 || b < 1 || h % b !== 0 || w % b !== 0) {
      throw new NoemaError("SPACE_TO_DEPTH", {
        found: `input [${x.shape.join(", ")}], blocksize ${b}`,
        needed: "N×C×H×W with H and W divisible by the blocksize",
      });
    }
    return [{ dtype: x.dtype, shape: [n, c * b * b, h / b, w / b] }];
  },
  gradient: ({ outputGradients: [g], attributes: { blocksize } }) => emit("DepthToSpace", [g], { blocksize }),
  oracle: ([x], { blocksize: b }) => {
    const [n, c, h, w] = x.dims;
    const strides = stridesOf(x.dims);
    return [
      fromIndex([n, c * b * b, h / b, w / b], ([sample, channel, row, column]) => {
        const block = Math.floor(channel / c);
        const source = [sample, channel % c, row * b + Math.floor(block / b), column * b + (block % b)];
        return x.data[flatIndex(source, strides)];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([2, 2, 4, 6])], attributes: { blocksize: 2 } },
    { inputs: [uniform([1, 1, 3, 6])], attributes: { blocksize: 3 } },
  ],
});
