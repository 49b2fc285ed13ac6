/** @file ConvTranspose: the adjoint of Conv, adding a copy of the kernel for every input element. */
import { int, ints } from "../../graph/attribute.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, forEachIndex, ndZeros, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf } from "../../graph/tensor.js";
import { uniform } from "../case.js";
import { refuseEmpty } from "../refuse-empty.js";
import { biasGradient, convWeightGradient } from "./conv-gradients.js";
import { explicit, lookedAt, perAxis, type Window, windowAttributes } from "./window.js";

const weight = (dims: readonly number[]) => uniform(dims, { constant: true });

interface TransposeAttributes {
  readonly auto_pad: string;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  readonly output_padding: readonly number[] | undefined;
  readonly output_shape: readonly number[] | undefined;
}

/** The window of the convolution that this is the adjoint of: it slides over the output (ONNX standard, ConvTranspose). */
function transposedWindow(
  input: readonly number[],
  kernel: readonly number[],
  attributes: TransposeAttributes,
): Window {
  const count = input.length;
  const strides = perAxis(attributes.strides, count, 1, "strides");
  const dilations = perAxis(attributes.dilations, count, 1, "dilations");
  const extra = perAxis(attributes.output_padding, count, 0, "output_padding");
  const full = input.map((size, i) => (size - 1) * strides[i] + extra[i] + (kernel[i] - 1) * dilations[i] + 1);
  const same = attributes.auto_pad.startsWith("SAME");
  const wanted =
    attributes.output_shape?.slice(-count) ?? (same ? input.map((size, i) => size * strides[i]) : undefined);
  if (wanted === undefined) {
    const pads = perAxis(attributes.auto_pad === "VALID" ? undefined : attributes.pads, 2 * count, 0, "pads");
    const [begin, end] = [pads.slice(0, count), pads.slice(count)];
    const size = full.map((f, i) => f - begin[i] - end[i]);
    if (size.some((s) => s < 1))
      throw new NoemaError("WINDOW_TOO_LARGE", { found: `pads [${pads}] leave nothing of [${full}]` });
    return { kernel, strides, dilations, begin, end, input: size, output: input };
  }
  const total = full.map((f, i) => f - wanted[i]);
  const half = total.map((t) => Math.floor(Math.max(0, t) / 2));
  const rest = total.map((t, i) => t - half[i]);
  const lower = attributes.auto_pad !== "SAME_UPPER";
  return {
    kernel,
    strides,
    dilations,
    begin: lower ? rest : half,
    end: lower ? half : rest,
    input: wanted,
    output: input,
  };
}

export const ConvTranspose = defineOp({
  name: "ConvTranspose",
  since: 11,
  attributes: { ...windowAttributes, group: int(1), output_padding: ints(), output_shape: ints() },
  shape: ([x, w, b], attributes) => {
    refuseEmpty([x, w]);
    if (x.rank < 3 || w.rank !== x.rank || x.shape[1] !== w.shape[0] || w.shape[0] % attributes.group !== 0) {
      throw new NoemaError("CONV_CHANNELS", {
        found: `input [${x.shape}], weight [${w.shape}], group ${attributes.group}`,
        needed: "the weight's first axis must be the input's channels",
      });
    }
    const channels = w.shape[1] * attributes.group;
    if (b && (b.rank !== 1 || b.shape[0] !== channels)) {
      throw new NoemaError("CONV_BIAS", { found: `bias [${b.shape}]`, needed: `[${channels}]` });
    }
    const window = transposedWindow(x.shape.slice(2), w.shape.slice(2), attributes);
    return [{ dtype: x.dtype, shape: [x.shape[0], channels, ...window.input] }];
  },
  gradient: ({ inputs: [x, w, b], outputGradients: [g], attributes, wanted }) => {
    const window = transposedWindow(x.shape.slice(2), w.shape.slice(2), attributes);
    const { group } = attributes;
    return [
      wanted[0] ? emit("Conv", [g, w], { ...explicit(window), group })[0] : null,
      wanted[1] ? convWeightGradient(g, x, window, group) : null,
      b && wanted[2] ? biasGradient(g) : null,
    ];
  },
  oracle: ([x, w, b], attributes) => {
    const { group } = attributes;
    const window = transposedWindow(x.dims.slice(2), w.dims.slice(2), attributes);
    const [n, c, ...size] = x.dims;
    const [, perGroup, ...taps] = w.dims;
    const y = ndZeros([n, perGroup * group, ...window.input]);
    const [xs, ws, ys] = [stridesOf(x.dims), stridesOf(w.dims), stridesOf(y.dims)];
    if (b)
      forEachIndex(y.dims, ([, channel], flat) => {
        y.data[flat] = b.data[channel];
      });
    forEachIndex([n, c, ...size], ([item, channel, ...at]) => {
      const start = Math.floor(channel / (c / group)) * perGroup;
      forEachIndex(taps, (tap) => {
        const place = lookedAt(window, at, tap);
        if (place.some((p, i) => p < 0 || p >= window.input[i])) return;
        for (let o = 0; o < perGroup; o++) {
          y.data[flatIndex([item, start + o, ...place], ys)] +=
            x.data[flatIndex([item, channel, ...at], xs)] * w.data[flatIndex([channel, o, ...tap], ws)];
        }
      });
    });
    return [y];
  },
  cases: [
    { inputs: [uniform([2, 3, 4, 4]), weight([3, 2, 3, 3]), weight([2])], note: "2-D" },
    {
      inputs: [uniform([1, 2, 5]), uniform([2, 3, 4]), uniform([3])],
      attributes: { strides: [2], pads: [1, 1] },
      note: "1-D",
    },
    {
      inputs: [uniform([1, 2, 3, 4]), weight([2, 2, 3, 3])],
      attributes: { strides: [2, 2], output_padding: [1, 1], pads: [1, 1, 1, 1] },
    },
    {
      inputs: [uniform([1, 4, 3, 3]), weight([4, 2, 3, 3])],
      attributes: { group: 2, dilations: [2, 2] },
      note: "groups",
    },
    { inputs: [uniform([1, 2, 3, 3]), weight([2, 2, 3, 3])], attributes: { strides: [2, 2], output_shape: [6, 7] } },
    { inputs: [uniform([1, 2, 3, 3]), weight([2, 2, 3, 3])], attributes: { strides: [2, 2], auto_pad: "SAME_UPPER" } },
    { inputs: [uniform([1, 2, 3, 3]), weight([2, 2, 4, 4])], attributes: { strides: [2, 2], auto_pad: "SAME_LOWER" } },
  ],
  multiplyAdds: ([x, w]) => x.size * sizeOf(w.shape.slice(1)),
});
