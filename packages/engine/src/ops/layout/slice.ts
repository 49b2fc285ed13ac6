/** @file Slice: x[start:end:step] along axes, as numpy has it: negative positions count from the end, excess is cut. */
import { pad, reshape, slice } from "../../graph/builder.js";
import { emit, intsValue, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { allAxes, intsInput, resolveAxes } from "../axes.js";
import { known, uniform } from "../case.js";

/** Which elements are taken along one axis: `count` of them, from `start`, every `step`-th. */
interface Range {
  readonly start: number;
  readonly step: number;
  readonly count: number;
}

interface Bounds {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  readonly axes: readonly number[] | undefined;
  readonly steps: readonly number[] | undefined;
}

/** One range per axis of the input. */
function rangesOf(dims: readonly number[], bounds: Bounds): Range[] {
  const { starts, ends } = bounds;
  const axes = resolveAxes(bounds.axes ?? allAxes(dims.length).slice(0, starts.length), dims.length);
  const steps = bounds.steps ?? axes.map(() => 1);
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length) {
    throw new NoemaError("SLICE_BOUNDS", {
      found: `${starts.length} starts, ${ends.length} ends, ${axes.length} axes, ${steps.length} steps`,
      needed: "as many of each, and no more than there are axes",
    });
  }
  const ranges = dims.map((count): Range => ({ start: 0, step: 1, count }));
  axes.forEach((axis, i) => {
    ranges[axis] = rangeOf(starts[i], ends[i], steps[i], dims[axis]);
  });
  return ranges;
}

function rangeOf(start: number, end: number, step: number, dim: number): Range {
  if (step === 0) throw new NoemaError("SLICE_STEP", { found: "a step of 0", needed: "any other step" });
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1];
  const place = (position: number, least: number) =>
    Math.min(Math.max(position < 0 ? position + dim : position, least), high);
  // A start before the array is its first element, even when going backwards (ONNX Slice, "clamped").
  const from = place(start, Math.min(0, high));
  const count = Math.max(0, Math.ceil((place(end, low) - from) / step));
  return { start: from, step, count };
}

function boundsOf([, starts, ends, axes, steps]: readonly (Value | null | undefined)[]): Bounds {
  const read = (value: Value | null | undefined, what: string) =>
    value === null || value === undefined ? undefined : knownNumbers(value, what);
  return {
    starts: knownNumbers(starts!, "where the slice starts"),
    ends: knownNumbers(ends!, "where the slice ends"),
    axes: read(axes, "which axes are sliced"),
    steps: read(steps, "the step of the slice"),
  };
}

/** Puts back what a range took along one axis, with zeros between and around. */
function putBack(g: Value, axis: number, range: Range, dim: number): Value {
  const before = g.shape.slice(0, axis);
  const after = g.shape.slice(axis + 1);
  const onAxis = (rank: number, at: number, begin: number, end: number) => {
    const pads = new Array<number>(2 * rank).fill(0);
    pads[at] = begin;
    pads[rank + at] = end;
    return pads;
  };
  const { count } = range;
  const step = Math.abs(range.step);
  const ascending = range.step > 0 ? g : slice(g, [-1], [-(2 ** 63)], [axis], [-1]);
  const first = range.step > 0 ? range.start : range.start + range.step * (count - 1);
  if (step === 1 || count === 1) return pad(ascending, onAxis(g.rank, axis, first, dim - first - count));
  const column = reshape(ascending, [...before, count, 1, ...after]);
  const spread = pad(column, onAxis(g.rank + 1, axis + 1, 0, step - 1));
  const flat = reshape(spread, [...before, count * step, ...after]);
  return pad(flat, onAxis(g.rank, axis, first, dim - first - count * step));
}

export const Slice = defineOp({
  name: "Slice",
  since: 13,
  shape: (inputs) => {
    const ranges = rangesOf(inputs[0].shape, boundsOf(inputs));
    return [{ dtype: inputs[0].dtype, shape: ranges.map(({ count }) => count) }];
  },
  gradient: ({ inputs, outputGradients: [g] }) => {
    const { shape } = inputs[0];
    const ranges = rangesOf(shape, boundsOf(inputs));
    // What is whole in steps of 1 is one padding of all axes; each other axis takes a padding of its own.
    const pads = ranges.map((range, axis) =>
      range.step === 1 ? [range.start, shape[axis] - range.start - range.count] : [0, 0],
    );
    let dx = pad(g, [...pads.map(([begin]) => begin), ...pads.map(([, end]) => end)]);
    ranges.forEach((range, axis) => {
      if (range.step !== 1) dx = putBack(dx, axis, range, shape[axis]);
    });
    return [dx];
  },
  oracle: ([x, starts, ends, axes, steps]) => {
    const ranges = rangesOf(x.dims, {
      starts: [...starts.data],
      ends: [...ends.data],
      axes: axes && [...axes.data],
      steps: steps && [...steps.data],
    });
    const own = stridesOf(x.dims);
    const origin = flatIndex(
      ranges.map(({ start }) => start),
      own,
    );
    const strides = own.map((stride, axis) => stride * ranges[axis].step);
    const dims = ranges.map(({ count }) => count);
    return [fromIndex(dims, (index) => x.data[origin + flatIndex(index, strides)])];
  },
  cases: [
    { inputs: [uniform([4, 5]), known([1, 0]), known([3, 4])] },
    { inputs: [uniform([4, 5]), known([-2]), known([2 ** 63]), known([1])], note: "to INT64_MAX" },
    { inputs: [uniform([2, 7]), known([1]), known([7]), known([-1]), known([2])], note: "step 2" },
    { inputs: [uniform([2, 7]), known([0]), known([6]), known([1]), known([3])], note: "step 3, rest cut" },
    { inputs: [uniform([5, 3]), known([-1]), known([-(2 ** 63)]), known([0]), known([-1])], note: "reversed" },
    { inputs: [uniform([2, 8]), known([20]), known([1]), known([1]), known([-3])], note: "step -3" },
    {
      inputs: [uniform([4, 5, 6]), known([0, 4, 1]), known([-1, -9, 5]), known([0, 1, 2]), known([1, -2, 2])],
      note: "mixed steps",
    },
    { inputs: [uniform([2, 6]), known([4]), known([-9]), known([1]), known([-9])], note: "one element" },
    { inputs: [uniform([2, 6]), known([4]), known([2]), known([1])], note: "nothing" },
    { inputs: [uniform([6]), known([1], [1], "int32"), known([4], [1], "int32")], note: "int32 bounds" },
  ],
  import: (call) => {
    if (call.opset >= 10) return undefined;
    const [starts, ends] = [intsInput(call, "starts"), intsInput(call, "ends")];
    if (starts === null || ends === null) {
      throw new NoemaError("ATTRIBUTE_MISSING", {
        where: call.label,
        found: 'attribute "starts" or "ends" is missing',
        needed: "before opset 10 a slice has both",
      });
    }
    const axes = intsInput(call, "axes") ?? intsValue(allAxes(starts.size));
    return emit("Slice", [call.inputs[0], starts, ends, axes]);
  },
});
