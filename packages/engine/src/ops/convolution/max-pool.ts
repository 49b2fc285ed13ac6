/** @file MaxPool: the largest element under a sliding window, and where it was. */
import { int } from "../../graph/attribute.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, forEachIndex, ndZeros, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { uniform } from "../case.js";
import { maxPoolGradient } from "./max-pool-gradient.js";
import { lookedAt, windowAttributes, windowOf } from "./window.js";

const distinct = (dims: readonly number[]) => uniform(dims, { distinct: true });

export const MaxPool = defineOp({
  name: "MaxPool",
  since: 12,
  attributes: { ...windowAttributes, ceil_mode: int(0), storage_order: int(0) },
  shape: ([x], attributes, outputCount) => {
    const kernel = kernelOf(x.rank, attributes.kernel_shape);
    const window = windowOf(x.shape.slice(2), kernel, attributes, attributes.ceil_mode === 1);
    const shape = [...x.shape.slice(0, 2), ...window.output];
    const values = { dtype: x.dtype, shape };
    return outputCount > 1 ? [values, { dtype: "int64", shape }] : [values];
  },
  gradient: ({ inputs: [x], outputs: [y], outputGradients: [g], attributes }) => {
    const kernel = attributes.kernel_shape!;
    const window = windowOf(x.shape.slice(2), kernel, attributes, attributes.ceil_mode === 1);
    return [maxPoolGradient(x, y, g, window, attributes.ceil_mode)];
  },
  oracle: ([x], attributes, types) => {
    const window = windowOf(x.dims.slice(2), attributes.kernel_shape!, attributes, attributes.ceil_mode === 1);
    const [n, c, ...size] = x.dims;
    const dims = [n, c, ...window.output];
    const [y, indices] = [ndZeros(dims), ndZeros(dims)];
    const strides = stridesOf(x.dims);
    // Column-major positions (storage_order 1) are counted with the first spatial axis running fastest.
    const spatial = attributes.storage_order === 1 ? stridesOf(size.toReversed()).toReversed() : stridesOf(size);
    const plane = size.reduce((a, b) => a * b, 1);
    forEachIndex(dims, ([item, channel, ...at], flat) => {
      let best = Number.NEGATIVE_INFINITY;
      forEachIndex(window.kernel, (tap) => {
        const place = lookedAt(window, at, tap);
        if (place.some((p, i) => p < 0 || p >= size[i])) return;
        const v = x.data[flatIndex([item, channel, ...place], strides)];
        if (v > best) {
          best = v;
          indices.data[flat] = (item * c + channel) * plane + flatIndex(place, spatial);
        }
      });
      y.data[flat] = best;
    });
    return types.length > 1 ? [y, indices] : [y];
  },
  cases: [
    { inputs: [distinct([2, 2, 4, 6])], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { inputs: [distinct([1, 2, 7, 7])], attributes: { kernel_shape: [3, 3], strides: [2, 2] }, note: "overlap" },
    {
      inputs: [distinct([1, 2, 8, 8])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
      note: "overlap, padded",
    },
    {
      inputs: [distinct([1, 2, 6, 8])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
      note: "overlap, ceil",
    },
    { inputs: [distinct([1, 2, 5, 6])], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, note: "stride 1" },
    {
      inputs: [distinct([1, 16, 3, 4])],
      attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
      note: "stride 1, blocks",
    },
    ...(
      [
        ["even, ceil", [1, 16, 4, 2], { ceil_mode: 1 }],
        ["odd", [1, 16, 3, 5], {}],
        ["even, padded", [1, 16, 4, 2], { pads: [1, 1, 1, 1] }],
        ["odd, padded", [1, 16, 3, 3], { pads: [1, 1, 1, 1] }],
        ["padded along one axis", [1, 16, 2, 3], { pads: [1, 0, 0, 0] }],
        ["of two columns", [1, 16, 3, 2], { ceil_mode: 1 }],
      ] as const
    ).map(([note, dims, more]) => ({
      inputs: [distinct(dims)],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], ...more },
      note: `stride 2, blocks, ${note}`,
    })),
    { inputs: [distinct([1, 1, 7, 9])], attributes: { kernel_shape: [3, 2], strides: [1, 3], pads: [1, 0, 0, 1] } },
    { inputs: [distinct([1, 2, 7, 7])], attributes: { kernel_shape: [2, 2], dilations: [2, 3] } },
    { inputs: [distinct([1, 2, 9])], attributes: { kernel_shape: [3], strides: [2] }, note: "1-D" },
    { inputs: [distinct([1, 1, 4, 4, 4])], attributes: { kernel_shape: [2, 2, 2], strides: [2, 2, 2] }, note: "3-D" },
    { inputs: [distinct([1, 2, 5, 6])], attributes: { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" } },
    { inputs: [distinct([1, 2, 5, 6])], attributes: { kernel_shape: [2, 2], auto_pad: "SAME_LOWER" } },
    { inputs: [distinct([2, 2, 4, 4])], attributes: { kernel_shape: [2, 2], strides: [2, 2] }, outputs: 2 },
    { inputs: [distinct([1, 2, 4, 4])], attributes: { kernel_shape: [2, 2], storage_order: 1 }, outputs: 2 },
  ],
});

function kernelOf(rank: number, kernel: readonly number[] | undefined): readonly number[] {
  if (kernel === undefined) {
    throw new NoemaError("ATTRIBUTE_MISSING", {
      found: 'attribute "kernel_shape" is missing',
      needed: "one number per spatial axis",
    });
  }
  if (rank < 3)
    throw new NoemaError("POOL_RANK", { found: `input of ${rank} axes`, needed: "batch, channel and spatial axes" });
  return kernel;
}
