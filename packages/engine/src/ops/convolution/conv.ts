/** @file Conv: y[m] = Σ w[m, c] ⋆ x[c] + b[m], over one, two or three spatial axes, in groups. */
import { int } from "../../graph/attribute.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, forEachIndex, fromIndex, type Nd, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";
import { refuseEmpty } from "../refuse-empty.js";
import { biasGradient, convInputGradient, convWeightGradient } from "./conv-gradients.js";
import { lookedAt, type Window, windowAttributes, windowOf } from "./window.js";

const weight = (dims: readonly number[]) => uniform(dims, { constant: true });

export const Conv = defineOp({
  name: "Conv",
  since: 11,
  attributes: { ...windowAttributes, group: int(1) },
  shape: ([x, w, b], attributes) => {
    refuseEmpty([w]);
    checkChannels(x, w, b, attributes.group, attributes.kernel_shape);
    const window = windowOf(x.shape.slice(2), w.shape.slice(2), attributes);
    return [{ dtype: x.dtype, shape: [x.shape[0], w.shape[0], ...window.output] }];
  },
  gradient: ({ inputs: [x, w, b], outputGradients: [g], attributes, wanted }) => {
    const window = windowOf(x.shape.slice(2), w.shape.slice(2), attributes);
    return [
      wanted[0] ? convInputGradient(g, w, window, attributes.group) : null,
      wanted[1] ? convWeightGradient(x, g, window, attributes.group) : null,
      b && wanted[2] ? biasGradient(g) : null,
    ];
  },
  oracle: ([x, w, b], attributes) => {
    const window = windowOf(x.dims.slice(2), w.dims.slice(2), attributes);
    return [correlate(x, w, b, window, attributes.group)];
  },
  cases: [
    { inputs: [uniform([2, 3, 5, 6]), weight([4, 3, 3, 3]), weight([4])], note: "2-D" },
    { inputs: [uniform([1, 2, 6]), uniform([3, 2, 3])], attributes: { strides: [2], pads: [1, 0] }, note: "1-D" },
    { inputs: [uniform([1, 2, 3, 4, 3]), weight([2, 2, 2, 2, 2])], note: "3-D" },
    {
      inputs: [uniform([1, 2, 7, 8]), weight([3, 2, 3, 3])],
      attributes: { strides: [2, 2], pads: [1, 1, 1, 1] },
      note: "stride 2",
    },
    {
      inputs: [uniform([1, 2, 9, 8]), weight([3, 2, 3, 3])],
      attributes: { strides: [2, 2], pads: [0, 1, 1, 0] },
      note: "stride 2, uneven pads",
    },
    { inputs: [uniform([1, 1, 9, 10]), weight([2, 1, 7, 7])], attributes: { strides: [2, 2], pads: [3, 3, 3, 3] } },
    {
      inputs: [uniform([2, 1, 11, 10]), weight([2, 1, 5, 5])],
      attributes: { strides: [2, 2], pads: [2, 2, 2, 2] },
      note: "5×5, stride 2",
    },
    {
      inputs: [uniform([2, 3, 6, 5]), uniform([2, 3, 3, 3])],
      attributes: { pads: [0, 1, 2, 1] },
      note: "fewer outputs, uneven pads",
    },
    { inputs: [uniform([1, 16, 5]), uniform([2, 16, 2])], attributes: { strides: [2] }, note: "many channels" },
    { inputs: [uniform([1, 4, 1]), uniform([16, 4, 2])], attributes: { pads: [4, 4] }, note: "many outputs of little" },
    { inputs: [uniform([2, 3, 4, 3]), uniform([5, 3, 1, 1])], note: "1×1" },
    { inputs: [uniform([3, 6, 2, 1]), uniform([8, 6, 1, 1])], note: "1×1, small pictures" },
    { inputs: [uniform([1, 2, 9, 9]), weight([2, 2, 3, 3])], attributes: { strides: [3, 3] }, note: "stride 3" },
    {
      inputs: [uniform([1, 2, 9, 9]), weight([2, 2, 2, 3])],
      attributes: { strides: [4, 4] },
      note: "stride over kernel",
    },
    { inputs: [uniform([1, 4, 7, 7]), weight([6, 4, 1, 1])], attributes: { strides: [2, 2] }, note: "1×1, stride 2" },
    { inputs: [uniform([1, 2, 7, 9]), weight([2, 2, 3, 2])], attributes: { strides: [2, 3], pads: [1, 1, 0, 1] } },
    { inputs: [uniform([1, 2, 8, 8]), weight([3, 2, 3, 3])], attributes: { dilations: [2, 2], pads: [2, 2, 2, 2] } },
    { inputs: [uniform([1, 2, 9, 9]), weight([2, 2, 3, 3])], attributes: { dilations: [2, 1], strides: [2, 2] } },
    { inputs: [uniform([2, 4, 5, 5]), weight([6, 2, 3, 3])], attributes: { group: 2 }, note: "groups" },
    {
      inputs: [uniform([1, 3, 6, 6]), weight([3, 1, 3, 3])],
      attributes: { group: 3, strides: [2, 2], pads: [1, 1, 1, 1] },
      note: "depthwise, stride 2",
    },
    {
      inputs: [uniform([1, 2, 5, 5]), uniform([4, 1, 3, 3]), uniform([4])],
      attributes: { group: 2 },
      note: "computed",
    },
    { inputs: [uniform([1, 2, 5, 6]), uniform([3, 2, 3, 3])], attributes: { strides: [2, 2], pads: [1, 1, 1, 1] } },
    { inputs: [uniform([1, 2, 6, 7]), weight([3, 2, 3, 3])], attributes: { auto_pad: "SAME_UPPER", strides: [2, 2] } },
    { inputs: [uniform([1, 2, 6, 7]), weight([3, 2, 4, 4])], attributes: { auto_pad: "SAME_LOWER" } },
    { inputs: [uniform([1, 2, 6, 7]), weight([3, 2, 3, 3])], attributes: { auto_pad: "VALID" } },
    {
      inputs: [uniform([1, 2, 3, 3]), weight([2, 2, 2, 2])],
      attributes: { pads: [3, 2, 2, 3] },
      note: "pads past kernel",
    },
  ],
  multiplyAdds: ([, w], [y]) => y.size * sizeOf(w.shape.slice(1)),
});

/** Checks what Conv and its relatives demand of their operands. Weights are M×C/group×taps. */
function checkChannels(
  x: Value,
  w: Value,
  b: Value | undefined | null,
  group: number,
  kernel: readonly number[] | undefined,
): void {
  if (x.rank < 3 || w.rank !== x.rank) {
    throw new NoemaError("CONV_RANK", {
      found: `input [${x.shape}], weight [${w.shape}]`,
      needed: "both need a batch (or output) axis, a channel axis and the same number of spatial axes",
    });
  }
  if (group < 1 || x.shape[1] !== w.shape[1] * group || w.shape[0] % group !== 0) {
    throw new NoemaError("CONV_CHANNELS", {
      found: `input has ${x.shape[1]} channels`,
      needed: `weight [${w.shape}] expects ${w.shape[1] * group} (group ${group})`,
    });
  }
  if (kernel !== undefined && kernel.length > 0 && kernel.some((k, i) => k !== w.shape[i + 2])) {
    throw new NoemaError("CONV_KERNEL", {
      found: `kernel_shape [${kernel}]`,
      needed: `the weight's is [${w.shape.slice(2)}]`,
    });
  }
  if (b && (b.rank !== 1 || b.shape[0] !== w.shape[0])) {
    throw new NoemaError("CONV_BIAS", { found: `bias [${b.shape}]`, needed: `[${w.shape[0]}]` });
  }
}

/** The convolution written as its sum. */
function correlate(x: Nd, w: Nd, b: Nd | undefined, window: Window, group: number): Nd {
  const [m, perGroup] = w.dims;
  const [xs, ws] = [stridesOf(x.dims), stridesOf(w.dims)];
  return fromIndex([x.dims[0], m, ...window.output], ([n, o, ...at]) => {
    let sum = b?.data[o] ?? 0;
    const start = Math.floor(o / (m / group)) * perGroup;
    forEachIndex(window.kernel, (tap) => {
      const place = lookedAt(window, at, tap);
      if (place.some((p, i) => p < 0 || p >= window.input[i])) return;
      for (let c = 0; c < perGroup; c++) {
        sum += x.data[flatIndex([n, start + c, ...place], xs)] * w.data[flatIndex([o, c, ...tap], ws)];
      }
    });
    return sum;
  });
}
