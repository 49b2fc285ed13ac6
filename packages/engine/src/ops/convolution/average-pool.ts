/** @file AveragePool: the mean under a sliding window, with or without the padding. */
import { int } from "../../graph/attribute.js";
import { mul } from "../../graph/builder.js";
import { constant, emit, scalar } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, forEachIndex, fromIndex, type Nd, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";
import { convInputGradient } from "./conv-gradients.js";
import { lookedAt, type Window, windowAttributes, windowOf } from "./window.js";

export const AveragePool = defineOp({
  name: "AveragePool",
  since: 19,
  attributes: { ...windowAttributes, ceil_mode: int(0), count_include_pad: int(0) },
  shape: ([x], attributes) => {
    if (x.rank < 3)
      throw new NoemaError("POOL_RANK", {
        found: `input of ${x.rank} axes`,
        needed: "batch, channel and spatial axes",
      });
    if (attributes.kernel_shape === undefined) {
      throw new NoemaError("ATTRIBUTE_MISSING", { found: 'attribute "kernel_shape" is missing' });
    }
    const window = windowOf(x.shape.slice(2), attributes.kernel_shape, attributes, attributes.ceil_mode === 1);
    return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...window.output] }];
  },
  gradient: ({ inputs: [x], outputGradients: [g], attributes }) => {
    const window = windowOf(x.shape.slice(2), attributes.kernel_shape!, attributes, attributes.ceil_mode === 1);
    return [averageGradient(x, g, window, attributes.count_include_pad === 1)];
  },
  oracle: ([x], attributes) => {
    const window = windowOf(x.dims.slice(2), attributes.kernel_shape!, attributes, attributes.ceil_mode === 1);
    const counts = countsOf(window, attributes.count_include_pad === 1);
    const strides = stridesOf(x.dims);
    const countStrides = stridesOf(counts.dims);
    return [
      fromIndex([...x.dims.slice(0, 2), ...window.output], ([n, c, ...at]) => {
        let sum = 0;
        forEachIndex(window.kernel, (tap) => {
          const place = lookedAt(window, at, tap);
          if (place.some((p, i) => p < 0 || p >= window.input[i])) return;
          sum += x.data[flatIndex([n, c, ...place], strides)];
        });
        return sum / counts.data[flatIndex(at, countStrides)];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([2, 2, 4, 6])], attributes: { kernel_shape: [2, 2], strides: [2, 2] } },
    { inputs: [uniform([1, 2, 5, 6])], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, note: "stride 1" },
    { inputs: [uniform([1, 2, 5, 6])], attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1], count_include_pad: 1 } },
    { inputs: [uniform([1, 2, 7, 7])], attributes: { kernel_shape: [3, 3], strides: [2, 2] }, note: "overlap" },
    {
      inputs: [uniform([1, 2, 6, 8])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2] },
      note: "overlap, a row and a column left over",
    },
    {
      inputs: [uniform([1, 2, 6, 8])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 },
      note: "ceil",
    },
    {
      inputs: [uniform([1, 2, 6, 8])],
      attributes: { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1, pads: [1, 1, 1, 1], count_include_pad: 1 },
      note: "ceil, pad counted",
    },
    { inputs: [uniform([1, 2, 5, 6])], attributes: { kernel_shape: [3, 3], strides: [2, 2], auto_pad: "SAME_UPPER" } },
    { inputs: [uniform([1, 2, 5, 6])], attributes: { kernel_shape: [2, 2], auto_pad: "SAME_LOWER" } },
    { inputs: [uniform([1, 2, 9])], attributes: { kernel_shape: [3], strides: [2], pads: [1, 1] }, note: "1-D" },
    { inputs: [uniform([1, 1, 4, 4, 4])], attributes: { kernel_shape: [2, 2, 2], strides: [2, 2, 2] }, note: "3-D" },
  ],
});

/** How many elements each window position averages over: a product of counts along the axes. */
function countsOf(window: Window, includePad: boolean): Nd {
  const { kernel, strides, dilations, begin, end, input, output } = window;
  const perAxis = output.map((size, i) => {
    const [low, high] = includePad ? [Number.NEGATIVE_INFINITY, input[i] + end[i]] : [0, input[i]];
    return Array.from({ length: size }, (_, at) => {
      let count = 0;
      for (let tap = 0; tap < kernel[i]; tap++) {
        const place = at * strides[i] - begin[i] + tap * dilations[i];
        if (place >= low && place < high) count++;
      }
      return count;
    });
  });
  return fromIndex(output, (at) =>
    Math.max(
      1,
      at.reduce((product, p, i) => product * perAxis[i][p], 1),
    ),
  );
}

function averageGradient(x: Value, g: Value, window: Window, includePad: boolean): Value {
  const { kernel, strides, dilations, begin, input, output } = window;
  const counts = countsOf(window, includePad);
  const even = counts.data.every((c) => c === counts.data[0]);
  const shares = even
    ? scalar(1 / counts.data[0])
    : constant(
        Tensor.ofNumbers(
          "float32",
          [1, 1, ...output],
          counts.data.map((c) => 1 / c),
        ),
      );
  const shared = mul(g, shares);
  const tiles = kernel.every(
    (k, i) => k === strides[i] && begin[i] === 0 && dilations[i] === 1 && output[i] * k === input[i],
  );
  if (tiles && kernel.length === 2) {
    const scales = constant(Tensor.ofNumbers("float32", [4], [1, 1, ...kernel]));
    const attributes = { mode: "nearest", coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
    return emit("Resize", [shared, null, scales], attributes)[0];
  }
  // With ceil_mode the last window may reach past the padding.
  const reach = output.map((size, i) => (size - 1) * strides[i] + (kernel[i] - 1) * dilations[i] + 1);
  const end = window.end.map((pad, i) => Math.max(pad, reach[i] - input[i] - begin[i]));
  const channels = x.shape[1];
  const ones = Tensor.lazy("float32", [channels, 1, ...kernel], () =>
    new Float32Array(channels * sizeOf(kernel)).fill(1),
  );
  return convInputGradient(shared, constant(ones), { ...window, end }, channels);
}
