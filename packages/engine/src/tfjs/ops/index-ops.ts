/** @file Operators of TensorFlow that look elements up or put them somewhere: slices, gathers, scatters, top k. */
import { equal, gather, reshape, slice, where, zeros } from "../../graph/builder.js";
import { constant, emit, intsValue } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { reshaped } from "../rearrange.js";
import type { Call, Rules } from "../rule.js";
import { Twin } from "../twin.js";
import { castTwin } from "./elementwise.js";

/** Past every end; ONNX clamps the ends of slices. */
const far = 2 ** 62;

interface Cut {
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

function cutTwin(x: Twin, cuts: readonly Cut[]): Twin {
  const real = cuts.filter((c) => c.start !== 0 || c.end !== far || c.step !== 1);
  if (real.length === 0) return x;
  const cut = slice(
    x.computed,
    real.map((c) => c.start),
    real.map((c) => c.end),
    real.map((c) => x.computedAxis(c.axis)),
    real.map((c) => c.step),
  );
  return x.leads ? Twin.first(cut) : Twin.own(cut);
}

function sliced(call: Call): Twin {
  const begins = call.numbers(1, "the begin");
  const sizes = call.numbers(2, "the size");
  const cuts = begins.map((start, axis) => ({
    axis,
    start,
    end: sizes[axis] === -1 ? far : start + sizes[axis],
    step: 1,
  }));
  return cutTwin(call.input(0), cuts);
}

/** Python's x[a:b:c, ..., None, i], said in bit masks (tf.strided_slice). */
function stridedSlice(call: Call): Twin {
  const x = call.input(0);
  const [begins, ends, strides] = [1, 2, 3].map((i) => call.numbers(i, "the bounds of the slice"));
  const has = (mask: string, i: number) => ((call.attributes.number(mask, 0) >> i) & 1) === 1;
  const ellipsis = begins.findIndex((_, i) => has("ellipsis_mask", i));
  const isNew = (i: number) => i !== ellipsis && has("new_axis_mask", i);
  const consumed = begins.filter((_, i) => i !== ellipsis && !isNew(i)).length;
  const cuts: Cut[] = [];
  const shape: ("keep" | "drop" | "new")[] = [];
  const skip = (count: number) => {
    for (let i = 0; i < count; i++) shape.push("keep");
  };
  let axis = 0;
  begins.forEach((begin, i) => {
    if (i === ellipsis) {
      skip(x.rank - consumed);
      axis += x.rank - consumed;
    } else if (isNew(i)) {
      shape.push("new");
    } else if (has("shrink_axis_mask", i)) {
      cuts.push({ axis: axis++, start: begin, end: begin === -1 ? far : begin + 1, step: 1 });
      shape.push("drop");
    } else {
      const step = strides[i];
      const start = has("begin_mask", i) ? (step > 0 ? 0 : far) : begin;
      const end = has("end_mask", i) ? (step > 0 ? far : -far) : ends[i];
      cuts.push({ axis: axis++, start, end, step });
      shape.push("keep");
    }
  });
  skip(x.rank - axis);
  const cut = cutTwin(x, cuts);
  if (shape.every((kind) => kind === "keep")) return cut;
  const sizes = cut.shape.values();
  const dims = shape.flatMap((kind) => {
    const size = kind === "new" ? 1 : sizes.next().value!;
    return kind === "drop" ? [] : [size];
  });
  return Twin.own(reshaped(cut.own, dims));
}

function gathered(call: Call): Twin {
  const x = call.own(0);
  const indices = castTwin(call.input(1), "int32").own;
  const axisGiven = call.inputs.length > 2 ? call.number(2, "the axis") : 0;
  const axis = axisGiven < 0 ? axisGiven + x.rank : axisGiven;
  const batchGiven = call.attributes.number("batch_dims", 0);
  const batch = batchGiven < 0 ? batchGiven + indices.rank : batchGiven;
  if (batch === 0) return Twin.own(gather(x, indices, axis));
  if (batch !== axis) throw call.refuse(`batch_dims ${batch} with axis ${axis}`, "both must be the same");
  return Twin.own(gatherNd(x, reshape(indices, [...indices.shape, 1]), batch));
}

function gatherNd(x: Value, indices: Value, batch: number): Value {
  return emit("GatherND", [x, emit("Cast", [indices], { to: 7 })[0]], { batch_dims: batch })[0];
}

const int64 = (twin: Twin): Value => castTwin(twin, "int64").own;

function scattered(call: Call): Twin {
  const shape = call.numbers(2, "the shape");
  const updates = call.own(1);
  const target = zeros(shape, updates.dtype);
  return Twin.own(emit("ScatterND", [target, int64(call.input(0)), updates], { reduction: "add" })[0]);
}

function topK(call: Call): Twin[] {
  const k = call.number(1, "k");
  const [values, indices] = emit("TopK", [call.own(0), intsValue([k])], { axis: -1 }, { outputs: 2 });
  return [Twin.own(values), castTwin(Twin.own(indices), "int32")];
}

function reversed(call: Call): Twin {
  const x = call.input(0);
  const given = call.numbers(1, "the axes");
  const axes =
    call.op === "Reverse"
      ? given.flatMap((flag, axis) => (flag ? [axis] : []))
      : given.map((a) => (a < 0 ? a + x.rank : a));
  return cutTwin(
    x,
    axes.map((axis) => ({ axis, start: far, end: -far, step: -1 })),
  );
}

/** Where an index is, `on`; elsewhere `off`. */
function oneHot(call: Call): Twin {
  const indices = castTwin(call.input(0), "int32").own;
  const depth = call.number(1, "the depth");
  if (!(depth >= 0 && depth <= 2 ** 24)) {
    throw new NoemaError("TENSOR_TOO_LARGE", { found: `depth ${depth}`, needed: "at most 2^24" });
  }
  const given = call.attributes.number("axis", -1);
  const axis = given < 0 ? indices.rank : given;
  const places = constant(
    Tensor.ofNumbers("int32", [depth, ...new Array<number>(indices.rank - axis).fill(1)], [...Array(depth).keys()]),
  );
  const at = reshape(indices, [...indices.shape.slice(0, axis), 1, ...indices.shape.slice(axis)]);
  return Twin.own(where(equal(at, places), call.own(2), call.own(3)));
}

export const indexRules: Rules = {
  Slice: sliced,
  StridedSlice: stridedSlice,
  Gather: gathered,
  GatherV2: gathered,
  GatherNd: (call) => Twin.own(gatherNd(call.own(0), call.own(1), 0)),
  ScatterNd: scattered,
  TensorScatterUpdate: (call) => Twin.own(emit("ScatterND", [call.own(0), int64(call.input(1)), call.own(2)])[0]),
  TopKV2: topK,
  Reverse: reversed,
  ReverseV2: reversed,
  OneHot: oneHot,
};
