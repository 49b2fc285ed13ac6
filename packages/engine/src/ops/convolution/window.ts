/** @file The geometry that convolutions and pools share: kernel, strides, dilations, pads, output size. */
import { ints, string } from "../../graph/attribute.js";
import { NoemaError } from "../../graph/error.js";
import { sizeOf } from "../../graph/tensor.js";

/** How a window slides over the spatial axes; every list has one entry per spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly begin: readonly number[];
  readonly end: readonly number[];
  /** Size of what it slides over. */
  readonly input: readonly number[];
  /** Number of positions. */
  readonly output: readonly number[];
}

/** More than any window has: what lies beyond would be slid over for hours. */
const mostTaps = 2 ** 24;

export const windowAttributes = {
  auto_pad: string("NOTSET"),
  dilations: ints(),
  kernel_shape: ints(),
  pads: ints(),
  strides: ints(),
};

interface WindowAttributes {
  readonly auto_pad: string;
  readonly dilations: readonly number[] | undefined;
  readonly pads: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
}

/** The list of an attribute with one entry per spatial axis, or ones (zeros for pads). */
export function perAxis(
  list: readonly number[] | undefined,
  count: number,
  fill: number,
  name: string,
): readonly number[] {
  if (list === undefined || list.length === 0) return new Array<number>(count).fill(fill);
  if (list.length !== count || !list.every((v) => Number.isSafeInteger(v))) {
    throw new NoemaError("WINDOW_ATTRIBUTES", { found: `${name} [${list.join(", ")}]`, needed: `${count} numbers` });
  }
  return list;
}

/** The window of a convolution or pool over `input`, auto_pad resolved (ONNX standard, Conv and MaxPool). */
export function windowOf(
  input: readonly number[],
  kernel: readonly number[],
  attributes: WindowAttributes,
  ceil = false,
): Window {
  const count = input.length;
  const strides = perAxis(attributes.strides, count, 1, "strides");
  const dilations = perAxis(attributes.dilations, count, 1, "dilations");
  const steps = [...strides, ...dilations, ...kernel];
  if (kernel.length !== count || steps.some((v) => v < 1 || v > mostTaps) || sizeOf(kernel) > mostTaps) {
    throw new NoemaError("WINDOW_ATTRIBUTES", {
      found: `kernel [${kernel}], strides [${strides}], dilations [${dilations}] over ${count} spatial axes`,
      needed: `one positive number per axis, and at most ${mostTaps} taps`,
    });
  }
  const extent = kernel.map((k, i) => (k - 1) * dilations[i] + 1);
  const { begin, end } = padsOf(input, extent, strides, attributes);
  const output = input.map((size, i) => {
    const room = size + begin[i] + end[i] - extent[i];
    const positions = (ceil ? Math.ceil(room / strides[i]) : Math.floor(room / strides[i])) + 1;
    // A last window that would start past the input and its leading pad is left out.
    return ceil && (positions - 1) * strides[i] >= size + begin[i] ? positions - 1 : positions;
  });
  if (output.some((size) => size < 1)) {
    throw new NoemaError("WINDOW_TOO_LARGE", {
      found: `a window of [${extent}] over an input of [${input}]`,
      needed: "the input (with its padding) must hold it at least once",
      remedy: "Use a larger picture, or a layer nearer to the input.",
    });
  }
  return { kernel, strides, dilations, begin, end, input, output };
}

function padsOf(
  input: readonly number[],
  extent: readonly number[],
  strides: readonly number[],
  attributes: WindowAttributes,
): { begin: readonly number[]; end: readonly number[] } {
  const mode = attributes.auto_pad;
  if (mode === "SAME_UPPER" || mode === "SAME_LOWER") {
    const total = input.map((size, i) =>
      Math.max(0, (Math.ceil(size / strides[i]) - 1) * strides[i] + extent[i] - size),
    );
    const small = total.map((t) => Math.floor(t / 2));
    const large = total.map((t, i) => t - small[i]);
    return mode === "SAME_UPPER" ? { begin: small, end: large } : { begin: large, end: small };
  }
  if (mode !== "NOTSET" && mode !== "VALID" && mode !== "") {
    throw new NoemaError("WINDOW_ATTRIBUTES", {
      found: `auto_pad "${mode}"`,
      needed: "NOTSET, SAME_UPPER, SAME_LOWER or VALID",
    });
  }
  const pads = mode === "VALID" ? undefined : attributes.pads;
  const all = perAxis(pads, 2 * input.length, 0, "pads");
  return { begin: all.slice(0, input.length), end: all.slice(input.length) };
}

/** Attributes that say the same window without auto_pad. */
export function explicit(window: Window): {
  kernel_shape: readonly number[];
  strides: readonly number[];
  dilations: readonly number[];
  pads: readonly number[];
} {
  const { kernel, strides, dilations, begin, end } = window;
  return { kernel_shape: kernel, strides, dilations, pads: [...begin, ...end] };
}

/** For each axis the input position that tap `tap` of window position `at` looks at; may lie in the padding. */
export function lookedAt(window: Window, at: readonly number[], tap: readonly number[]): number[] {
  return at.map((p, i) => p * window.strides[i] - window.begin[i] + tap[i] * window.dilations[i]);
}
