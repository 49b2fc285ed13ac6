/** @file Operators of TensorFlow that move elements without computing: reshape, transpose, concat, pad, blocks. */
import { concat, pad, slice, split, squeeze, unsqueeze } from "../../graph/builder.js";
import { emit, intsValue } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { sizeOf } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { permute, reshaped } from "../rearrange.js";
import type { Call, Rule, Rules } from "../rule.js";
import { Twin } from "../twin.js";

/** An axis counted from the front. */
function axisOf(axis: number, rank: number): number {
  const place = axis < 0 ? axis + rank : axis;
  if (!(place >= 0 && place < rank)) {
    throw new NoemaError("AXIS_OUT_OF_RANGE", { found: `axis ${axis}`, needed: `there are ${rank} axes` });
  }
  return place;
}

/** In the layout that the value is computed in. */
const like = (x: Twin, value: Value): Twin => (x.leads ? Twin.first(value) : Twin.own(value));

/** Several values in one layout: channels first where one of them is computed so and all have the same rank. */
function together(twins: readonly Twin[]): { values: Value[]; lead: Twin } {
  if (twins.length === 0) throw new NoemaError("OPERATOR_INPUTS", { found: "no inputs", needed: "one at least" });
  const lead = twins.find((t) => t.leads && twins.every((other) => other.rank === t.rank));
  return { values: twins.map((t) => (lead === undefined ? t.own : t.first)), lead: lead ?? Twin.own(twins[0].own) };
}

/** Same elements in another shape, where −1 is what remains. */
export function reshapeTwin(x: Twin, wanted: readonly number[]): Twin {
  const value = x.own;
  if (value.knownShape === null) return Twin.own(emit("Reshape", [value, intsValue(wanted)])[0]);
  const others = sizeOf(wanted.filter((d) => d !== -1));
  const shape = wanted.map((d) => (d === -1 && others > 0 ? value.size / others : d));
  return Twin.own(reshaped(value, shape));
}

function squeezeRule(call: Call): Twin {
  const x = call.input(0);
  const { shape, rank } = x;
  const named = call.attributes.numbers("squeeze_dims") ?? call.attributes.numbers("axis") ?? [];
  const axes =
    named.length > 0 ? named.map((a) => axisOf(a, rank)) : shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  const stays = x.leads && !axes.includes(0) && !axes.includes(rank - 1);
  if (stays) {
    const places = axes.map((axis) => x.computedAxis(axis));
    return Twin.first(squeeze(x.computed, places));
  }
  if (axes.some((axis) => shape[axis] !== 1))
    throw call.refuse(`axes [${axes}] of [${shape}]`, "they must have size 1");
  return Twin.own(
    reshaped(
      x.own,
      shape.filter((_, axis) => !axes.includes(axis)),
    ),
  );
}

function expandDims(call: Call): Twin {
  const x = call.input(0);
  const axis = axisOf(call.number(1, "the axis"), x.rank + 1);
  if (x.leads && axis > 0 && axis < x.rank) return Twin.first(unsqueeze(x.computed, [axis + 1]));
  return Twin.own(reshaped(x.own, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]));
}

/** One after another along an axis of the model's own layout. */
export function concatTwins(parts: readonly Twin[], axis: number): Twin {
  const { values, lead } = together(parts);
  return like(lead, concat(values, lead.computedAxis(axisOf(axis, lead.rank))));
}

function concatenated(call: Call): Twin {
  const axisInput = call.op === "Concat" ? 0 : call.inputs.length - 1;
  return concatTwins(
    call.inputs.filter((_, i) => i !== axisInput),
    call.number(axisInput, "the axis"),
  );
}

/** Stacks along a new axis. */
function pack(call: Call): Twin {
  const shape = call.input(0).shape;
  const axis = axisOf(call.attributes.number("axis", 0), shape.length + 1);
  const wider = [...shape.slice(0, axis), 1, ...shape.slice(axis)];
  return Twin.own(
    concat(
      call.inputs.map((x) => reshaped(x.own, wider)),
      axis,
    ),
  );
}

function unpack(call: Call): Twin[] {
  const x = call.input(0);
  const axis = axisOf(call.attributes.number("axis", 0), x.rank);
  const shape = x.shape.filter((_, i) => i !== axis);
  const ones = new Array<number>(x.shape[axis]).fill(1);
  return split(x.own, ones, axis).map((part) => Twin.own(reshaped(part, shape)));
}

const splitting =
  (axisAt: number, valueAt: number): Rule =>
  (call) => {
    const x = call.input(valueAt);
    const axis = axisOf(call.number(axisAt, "the axis"), x.rank);
    const size = x.shape[axis];
    const given =
      call.op === "SplitV"
        ? call.numbers(1, "the sizes")
        : new Array<number>(call.attributes.number("num_split", 1)).fill(size / call.attributes.number("num_split", 1));
    const known = given.reduce((sum, s) => sum + Math.max(0, s), 0);
    const sizes = given.map((s) => (s < 0 ? size - known : s));
    return split(x.computed, sizes, x.computedAxis(axis)).map((part) => like(x, part));
  };

/** Pads as ONNX has them, in the layout that x is computed in; pairs are those of the model's own axes. */
function padsOf(call: Call, x: Twin): number[] {
  const flat = call.numbers(1, "the paddings");
  if (flat.length !== 2 * x.rank) throw call.refuse(`${flat.length} paddings`, `the input has ${x.rank} axes`);
  const pads = new Array<number>(flat.length).fill(0);
  for (let axis = 0; axis < x.rank; axis++) {
    const place = x.computedAxis(axis);
    pads[place] = flat[2 * axis];
    pads[place + x.rank] = flat[2 * axis + 1];
  }
  return pads;
}

function padded(call: Call): Twin {
  const x = call.input(0);
  const fill = call.inputs.length > 2 ? call.number(2, "the padding") : 0;
  return like(x, pad(x.computed, padsOf(call, x), fill));
}

function mirrored(call: Call): Twin {
  const x = call.input(0);
  const pads = padsOf(call, x);
  if (call.attributes.string("mode", "reflect") === "reflect") {
    return like(x, emit("Pad", [x.computed, intsValue(pads)], { mode: "reflect" })[0]);
  }
  // ONNX Runtime has no mode that repeats the edge in the mirror.
  let value = x.computed;
  for (let axis = 0; axis < x.rank; axis++) {
    const [begin, end] = [pads[axis], pads[axis + x.rank]];
    const size = value.shape[axis];
    const before = begin > 0 ? [slice(value, [begin - 1], [-size - 1], [axis], [-1])] : [];
    const after = end > 0 ? [slice(value, [size - 1], [size - 1 - end - (end === size ? size : 0)], [axis], [-1])] : [];
    value = concat([...before, value, ...after], axis);
  }
  return like(x, value);
}

/** Blocks of the spatial axes become batches (tf.space_to_batch_nd). */
function spaceToBatch(call: Call): Twin {
  const block = call.numbers(1, "the block shape");
  const flat = call.numbers(2, "the paddings");
  const x = call.own(0);
  const rest = x.rank - 1 - block.length;
  const begins = [0, ...block.map((_, i) => flat[2 * i]), ...new Array<number>(rest).fill(0)];
  const ends = [0, ...block.map((_, i) => flat[2 * i + 1]), ...new Array<number>(rest).fill(0)];
  const wide = pad(x, [...begins, ...ends]);
  const [batch, ...sizes] = wide.shape;
  const tail = sizes.slice(block.length);
  const cut = reshaped(wide, [batch, ...block.flatMap((b, i) => [sizes[i] / b, b]), ...tail]);
  const order = [
    ...block.map((_, i) => 2 + 2 * i),
    0,
    ...block.map((_, i) => 1 + 2 * i),
    ...tail.map((_, i) => 1 + 2 * block.length + i),
  ];
  return Twin.own(
    reshaped(permute(cut, order), [batch * sizeOf(block), ...block.map((b, i) => sizes[i] / b), ...tail]),
  );
}

/** The way back, with crops (tf.batch_to_space_nd). */
function batchToSpace(call: Call): Twin {
  const block = call.numbers(1, "the block shape");
  const crops = call.numbers(2, "the crops");
  const x = call.own(0);
  const [batches, ...sizes] = x.shape;
  const batch = batches / sizeOf(block);
  const tail = sizes.slice(block.length);
  const cut = reshaped(x, [...block, batch, ...sizes]);
  const order = [
    block.length,
    ...block.flatMap((_, i) => [block.length + 1 + i, i]),
    ...tail.map((_, i) => 2 * block.length + 1 + i),
  ];
  const whole = reshaped(permute(cut, order), [batch, ...block.map((b, i) => b * sizes[i]), ...tail]);
  if (crops.every((c) => c === 0)) return Twin.own(whole);
  const starts = block.map((_, i) => crops[2 * i]);
  const ends = block.map((_, i) => whole.shape[i + 1] - crops[2 * i + 1]);
  return Twin.own(
    slice(
      whole,
      starts,
      ends,
      block.map((_, i) => i + 1),
    ),
  );
}

export const layoutRules: Rules = {
  Reshape: (call) => reshapeTwin(call.input(0), call.numbers(1, "the new shape")),
  EnsureShape: (call) => call.input(0),
  Squeeze: squeezeRule,
  ExpandDims: expandDims,
  Transpose: (call) => Twin.own(permute(call.own(0), call.numbers(1, "the order of axes"))),
  Concat: concatenated,
  ConcatV2: concatenated,
  Pack: pack,
  Unpack: unpack,
  Split: splitting(0, 1),
  SplitV: splitting(2, 0),
  Pad: padded,
  PadV2: padded,
  MirrorPad: mirrored,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  Tile: (call) => Twin.own(emit("Tile", [call.own(0), intsValue(call.numbers(1, "the repeats"))])[0]),
  BroadcastTo: (call) => Twin.own(emit("Expand", [call.own(0), intsValue(call.numbers(1, "the shape"))])[0]),
};
