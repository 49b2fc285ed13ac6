/**
 * @file Pad: widens x on both sides of its axes: with a constant, its mirror image (reflect), its border (edge), or
 * itself (wrap). Negative pads crop, before anything is added.
 */
import { string } from "../../graph/attribute.js";
import { gather, mul, pad, reduceSum, slice, zeros } from "../../graph/builder.js";
import { emit, intsValue, knownNumbers, scalar } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { allAxes, intsInput, resolveAxes } from "../axes.js";
import { fed, known, uniform } from "../case.js";
import { sumThroughTable } from "./axis-map.js";

/** Pads of every axis: [before, after]. */
function padsOf(rank: number, pads: readonly number[], axesGiven: readonly number[] | undefined): [number, number][] {
  const axes = axesGiven ? resolveAxes(axesGiven, rank) : allAxes(rank);
  if (pads.length !== 2 * axes.length) {
    throw new NoemaError("PAD_COUNT", {
      found: `${pads.length} pads`,
      needed: `${axes.length} axes need ${2 * axes.length}`,
    });
  }
  const all = Array.from({ length: rank }, (): [number, number] => [0, 0]);
  axes.forEach((axis, i) => {
    all[axis] = [pads[i], pads[axes.length + i]];
  });
  return all;
}

const modes = ["constant", "reflect", "edge", "wrap"];

/** How much ONNX Runtime's Pad can add to either side of an axis of which `kept` elements are left. */
function mostAdded(kept: number, mode: string): number {
  if (mode === "reflect") return kept - 1;
  return mode === "wrap" ? kept : Number.POSITIVE_INFINITY;
}

/** Size of an axis of `dim` elements once padded. */
function padded(dim: number, [before, after]: readonly [number, number], mode: string): number {
  const kept = dim + Math.min(before, 0) + Math.min(after, 0);
  const size = dim + before + after;
  const refuse = (needed: string) =>
    new NoemaError("PAD_SIZE", { found: `pads ${before} and ${after} on an axis of ${dim}`, needed });
  if (kept < 0) throw refuse("no more than all of it can be cropped");
  if (mode !== "constant" && kept === 0 && size > 0) throw refuse(`mode ${mode} needs something to repeat`);
  const most = Math.max(0, mostAdded(kept, mode));
  if (Math.max(before, after) > most) throw refuse(`mode ${mode} adds at most ${most} to each side`);
  return size;
}

/** Where each element along a padded axis comes from; −1 for the constant. */
function sources(dim: number, [before, after]: readonly [number, number], mode: string): number[] {
  const crop = Math.max(-before, 0);
  const kept = dim - crop + Math.min(after, 0);
  return Array.from({ length: dim + before + after }, (_, i) => {
    const at = i - Math.max(before, 0);
    if (at >= 0 && at < kept) return crop + at;
    if (mode === "constant") return -1;
    if (mode === "edge") return crop + Math.min(Math.max(at, 0), kept - 1);
    if (mode === "wrap") return crop + (((at % kept) + kept) % kept);
    // The mirror image of the mirror image continues it, so the period is twice the way from end to end.
    const period = Math.max(1, 2 * (kept - 1));
    const phase = ((at % period) + period) % period;
    return crop + Math.min(phase, period - phase, kept - 1);
  });
}

function read(value: Value | null | undefined, what: string): number[] | undefined {
  return value === null || value === undefined ? undefined : knownNumbers(value, what);
}

function padsOfInputs([x, pads, , axes]: readonly Value[]): [number, number][] {
  return padsOf(x.rank, knownNumbers(pads, "how much is padded"), read(axes, "which axes are padded"));
}

function flat(pads: readonly (readonly [number, number])[]): number[] {
  return [...pads.map(([before]) => before), ...pads.map(([, after]) => after)];
}

/** Takes away what was added and puts zeros where something was cropped. */
function unpad(g: Value, pads: readonly (readonly [number, number])[]): Value {
  if (pads.some(([before, after]) => before < 0 || after < 0))
    return pad(
      g,
      flat(pads).map((p) => -p),
    );
  const axes = allAxes(g.rank).filter((axis) => pads[axis][0] > 0 || pads[axis][1] > 0);
  if (axes.length === 0) return g;
  return slice(
    g,
    axes.map((axis) => pads[axis][0]),
    axes.map((axis) => g.shape[axis] - pads[axis][1]),
    axes,
  );
}

export const Pad = defineOp({
  name: "Pad",
  since: 19,
  attributes: { mode: string("constant") },
  shape: (inputs, { mode }) => {
    const [x] = inputs;
    if (!modes.includes(mode)) {
      throw new NoemaError("ATTRIBUTE_VALUE", { found: `mode "${mode}"`, needed: `one of ${modes.join(", ")}` });
    }
    const pads = padsOfInputs(inputs);
    return [{ dtype: x.dtype, shape: x.shape.map((dim, axis) => padded(dim, pads[axis], mode)) }];
  },
  gradient: ({ inputs, outputGradients: [g], attributes: { mode }, wanted }) => {
    const [x] = inputs;
    const pads = padsOfInputs(inputs);
    if (mode === "constant") {
      const added = () => reduceSum(mul(g, pad(zeros(x.shape), flat(pads), 1)), undefined, { keepdims: false });
      return [wanted[0] ? unpad(g, pads) : null, null, wanted[2] ? added() : null];
    }
    let dx = g;
    pads.forEach((pair, axis) => {
      const dim = x.shape[axis];
      if (pair[0] !== 0 || pair[1] !== 0) dx = sumThroughTable(dx, axis, sources(dim, pair, mode), dim);
    });
    return [dx];
  },
  oracle: ([x, padsGiven, value, axes], { mode }) => {
    const pads = padsOf(x.dims.length, [...padsGiven.data], axes && [...axes.data]);
    const dims = x.dims.map((dim, axis) => padded(dim, pads[axis], mode));
    const tables = x.dims.map((dim, axis) => sources(dim, pads[axis], mode));
    const strides = stridesOf(x.dims);
    const fill = value?.data[0] ?? 0;
    return [
      fromIndex(dims, (index) => {
        let at = 0;
        for (let axis = 0; axis < strides.length; axis++) {
          const source = tables[axis][index[axis]];
          if (source < 0) return fill;
          at += source * strides[axis];
        }
        return x.data[at];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([2, 3]), known([1, 0, 0, 2])] },
    { inputs: [uniform([2, 3]), known([0, 1, 1, 1]), uniform([])], note: "value computed" },
    { inputs: [uniform([2, 4]), known([1, -1, 0, 2]), uniform([], { constant: true })], note: "pads and crops" },
    { inputs: [uniform([2, 4]), known([0, -1, -1, -1])], note: "crops only" },
    { inputs: [uniform([2, 3, 2]), known([1, 2]), null, known([-2])], note: "axes" },
    { inputs: [uniform([2, 3, 2]), known([1, 0, 2, 1]), null, known([2, 0])], note: "two axes" },
    { inputs: [fed([1, 2, 3]), known([1, 1]), known([7], [])], note: "integers" },
    { inputs: [uniform([1, 2, 4, 3]), known([0, 0, 2, 1, 0, 0, 3, 2])], attributes: { mode: "reflect" } },
    { inputs: [uniform([3, 4]), known([1, 0, -1, 2])], attributes: { mode: "reflect" }, note: "reflect, cropped" },
    { inputs: [uniform([2, 3]), known([1, 2, 0, 3])], attributes: { mode: "edge" } },
    { inputs: [uniform([2, 4]), known([0, 2, 1, -1])], attributes: { mode: "edge" }, note: "edge, cropped" },
    { inputs: [uniform([1, 3]), known([2, 1]), null, known([1])], attributes: { mode: "edge" }, note: "edge, axes" },
    { inputs: [uniform([2, 3]), known([1, 2, 1, 3])], attributes: { mode: "wrap" } },
    { inputs: [uniform([2, 3]), known([0, 1, 2, 0])], attributes: { mode: "wrap" }, note: "wrap, uneven" },
  ],
  import: (call) => {
    const { value, mode = "constant" } = call.attributes;
    if (call.opset >= 11) return padFarther(call.inputs, mode as string);
    const [x, pads, fill] = [call.inputs[0], intsInput(call, "pads"), scalar((value as number | undefined) ?? 0)];
    return padFarther([x, pads], mode as string) ?? emit("Pad", [x, pads, fill], { mode });
  },
});

/** The longest axis that is looked up element by element. */
const longestTable = 1_000_000;

/** Mirrors and copies of more than there is, which ONNX Runtime does not pad with: the elements are looked up instead. */
function padFarther(inputs: readonly (Value | null)[], mode: string): readonly Value[] | undefined {
  const [x, given, , axes] = inputs;
  if (!x?.knownShape || !given?.constant || (axes && !axes.constant) || !modes.includes(mode)) return undefined;
  const pads = padsOfInputs(inputs as readonly Value[]);
  const far = allAxes(x.rank).filter((axis) => {
    const [before, after] = pads[axis];
    const kept = x.shape[axis] + Math.min(before, 0) + Math.min(after, 0);
    return kept > 0 && Math.max(before, after, 0) > Math.max(0, mostAdded(kept, mode));
  });
  const lengths = far.map((axis) => x.shape[axis] + pads[axis][0] + pads[axis][1]);
  if (far.length === 0 || lengths.some((length) => length > longestTable)) return undefined;
  let y = x;
  for (const axis of far) {
    const table = sources(x.shape[axis], pads[axis], mode);
    y = gather(y, intsValue(table), axis);
    pads[axis] = [0, 0];
  }
  return emit("Pad", [y, intsValue(flat(pads))], { mode });
}
