/**
 * @file Resize: interpolates x to other sizes of its axes, given as sizes or as scales. Each axis is a matrix of weights
 * of its own, so the gradient is a product with their transposes; where elements are merely repeated, it is a sum.
 */
import { add, matmul, mul, reduceSum, reshape } from "../../graph/builder.js";
import { constant, emit, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { fromIndex, type Nd } from "../../graph/nd.js";
import { defineOp, type ImportCall } from "../../graph/op.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { resolveAxes } from "../axes.js";
import { type Mix, matrixOf, mixesOf, repetitionOf } from "./interpolation.js";
import { resizeCases } from "./resize-cases.js";
import {
  type AxisPlan,
  changesNothing,
  planResize,
  type ResizeAttributes,
  type ResizeNumbers,
  resizeAttributes,
  runtimeResizes,
} from "./resize-plan.js";

type Maybe<T> = T | null | undefined;

function numbersOf([, roi, scales, sizes]: readonly Maybe<Value>[], attributes: ResizeAttributes): ResizeNumbers {
  const read = (value: Maybe<Value>, what: string) =>
    value && value.knownShape?.[0] !== 0 ? knownNumbers(value, what) : undefined;
  const isCrop = attributes.coordinate_transformation_mode === "tf_crop_and_resize";
  return {
    roi: isCrop ? read(roi, "the part that is resized") : undefined,
    scales: read(scales, "by how much it is resized"),
    sizes: read(sizes, "the size it is resized to"),
  };
}

/** One scale or size per axis: ONNX Runtime writes past its arrays where numbers that are computed are of another count. */
function checkLengths([x, roi, scales, sizes]: readonly Maybe<Value>[], attributes: ResizeAttributes): void {
  const axes = attributes.axes?.length ?? x!.rank;
  const isCrop = attributes.coordinate_transformation_mode === "tf_crop_and_resize";
  const lists = [
    { value: isCrop ? roi : null, name: "roi", code: "RESIZE_ROI", count: 2 * axes },
    { value: scales, name: "scales", code: "RESIZE_SCALES", count: axes },
    { value: sizes, name: "sizes", code: "RESIZE_SCALES", count: axes },
  ];
  for (const { value, name, code, count } of lists) {
    const shape = value?.knownShape;
    if (!shape || shape[0] === 0 || (shape.length === 1 && shape[0] === count)) continue;
    throw new NoemaError(code, {
      found: `${name} of shape [${shape.join(", ")}]`,
      needed: `${count} numbers for ${axes} axes`,
    });
  }
}

/** What happens to each axis; null where nothing does. */
function mixesPerAxis(plans: readonly AxisPlan[], attributes: ResizeAttributes): (Mix[] | null)[] {
  return changesNothing(plans) ? plans.map(() => null) : plans.map((plan) => mixesOf(plan, attributes));
}

/** y[…r…] = Σ_c matrix[r, c] · x[…c…] along one axis. */
function applyMatrix(x: Value, axis: number, matrix: Float32Array, rows: number): Value {
  const columns = x.shape[axis];
  const last = axis === x.rank - 1;
  const weights = last ? transposed(matrix, rows, columns) : matrix;
  const known = constant(Tensor.of("float32", last ? [columns, rows] : [rows, columns], weights));
  if (last) return matmul(x, known);
  if (axis === x.rank - 2) return matmul(known, x);
  const [before, after] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  const product = matmul(known, reshape(x, [sizeOf(before), columns, sizeOf(after)]));
  return reshape(product, [...before, rows, ...after]);
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = matrix[r * columns + c];
  return out;
}

/** Sums runs of `times[axis]` neighbours along each axis. */
function sumRuns(g: Value, times: readonly number[]): Value {
  const spatial = times.slice(2);
  if (g.rank >= 3 && g.rank <= 5 && times[0] === 1 && times[1] === 1) {
    const means = emit("AveragePool", [g], { kernel_shape: spatial, strides: spatial })[0];
    return mul(means, sizeOf(spatial));
  }
  const split: number[] = [];
  const runs: number[] = [];
  times.forEach((count, axis) => {
    split.push(g.shape[axis] / count);
    if (count > 1) runs.push(split.push(count) - 1);
  });
  return reduceSum(reshape(g, split), runs, { keepdims: false });
}

/** The transpose of the interpolation: what every element of the input gave is taken back from the result. */
function takeBack(g: Value, plans: readonly AxisPlan[], mixes: readonly (Mix[] | null)[]): Value {
  const times = mixes.map((list, axis) => (list === null ? 1 : repetitionOf(list, plans[axis].size)));
  let dx = times.some((count) => count > 1)
    ? sumRuns(
        g,
        times.map((count) => Math.max(count, 1)),
      )
    : g;
  const shrinkFirst = mixes.flatMap((list, axis) => (list !== null && times[axis] === 0 ? [axis] : []));
  shrinkFirst.sort((a, b) => plans[a].size / plans[a].resized - plans[b].size / plans[b].resized);
  for (const axis of shrinkFirst) {
    const { size, resized } = plans[axis];
    dx = applyMatrix(dx, axis, transposed(matrixOf(mixes[axis]!, size), resized, size), size);
  }
  return dx;
}

/** The interpolation in matrix products, for what ONNX Runtime's own Resize does not do. */
function interpolate(x: Value, plans: readonly AxisPlan[], attributes: ResizeAttributes): Value {
  const mixes = mixesPerAxis(plans, attributes);
  let y = x;
  const shrinkFirst = mixes.flatMap((list, axis) => (list === null ? [] : [axis]));
  shrinkFirst.sort((a, b) => plans[a].resized / plans[a].size - plans[b].resized / plans[b].size);
  for (const axis of shrinkFirst) {
    y = applyMatrix(y, axis, matrixOf(mixes[axis]!, plans[axis].size), plans[axis].resized);
  }
  if (attributes.extrapolation_value === 0 || !mixes.some((list) => list?.some(({ from }) => from.length === 0))) {
    return y;
  }
  const dims = plans.map(({ resized }, axis) => (mixes[axis] === null ? 1 : resized));
  const fill = fromIndex(dims, (index) => (isOutside(index, mixes) ? attributes.extrapolation_value : 0));
  return add(y, constant(Tensor.ofNumbers("float32", dims, fill.data)));
}

function isOutside(index: readonly number[], mixes: readonly (Mix[] | null)[]): boolean {
  return mixes.some((list, axis) => list !== null && list[index[axis]].from.length === 0);
}

/** The interpolation in double precision. */
function interpolateExactly(x: Nd, plans: readonly AxisPlan[], attributes: ResizeAttributes): Nd {
  const mixes = mixesPerAxis(plans, attributes);
  let y = x;
  mixes.forEach((list, axis) => {
    if (list !== null) y = mixAxis(y, axis, list);
  });
  if (!mixes.some((list) => list?.some(({ from }) => from.length === 0))) return y;
  let flat = 0;
  return fromIndex(y.dims, (index) => {
    const value = y.data[flat++];
    return isOutside(index, mixes) ? attributes.extrapolation_value : value;
  });
}

function mixAxis(x: Nd, axis: number, mixes: readonly Mix[]): Nd {
  const inner = sizeOf(x.dims.slice(axis + 1));
  const size = x.dims[axis];
  const dims = x.dims.map((d, i) => (i === axis ? mixes.length : d));
  const data = new Float64Array(sizeOf(dims));
  for (let flat = 0; flat < data.length; flat++) {
    const column = flat % inner;
    const row = Math.floor(flat / inner);
    const { from, weights } = mixes[row % mixes.length];
    const origin = Math.floor(row / mixes.length) * size;
    for (let k = 0; k < from.length; k++) data[flat] += weights[k] * x.data[(origin + from[k]) * inner + column];
  }
  return { dims, data };
}

/** Elements, and rows, of the largest matrix that is made to interpolate along an axis. */
const largestMatrix = 2 ** 25;
const mostRows = 2 ** 18;

function hasMatrix({ size, resized }: AxisPlan): boolean {
  return size === resized || (size * resized <= largestMatrix && resized <= mostRows);
}

/** A node of any opset from 11 on, or one already brought there: as ONNX Runtime takes it, or in matrix products. */
function importResize(inputs: readonly Maybe<Value>[], given: ImportCall["attributes"]): readonly Value[] {
  const [x, roi, scales, sizes] = inputs;
  const present = (value: Maybe<Value>) => (value && value.knownShape?.[0] !== 0 ? value : null);
  const kernelInputs = [x, present(roi), present(scales), present(sizes)];
  const axes = given.axes as readonly number[] | undefined;
  const attributes = {
    ...given,
    // ONNX Runtime does not count axes from the end.
    axes: axes && x?.knownShape ? resolveAxes(axes, x.rank) : axes,
    // It changes nothing there, and ONNX Runtime refuses it.
    exclude_outside: given.mode === "cubic" || given.antialias ? given.exclude_outside : 0,
  };
  const emitted = emit("Resize", kernelInputs, attributes);
  const { node } = emitted[0];
  if (node === null || !x?.knownShape || emitted[0].knownShape === null) return emitted;
  const full = Object.fromEntries(
    Object.entries(resizeAttributes).map(([name, { default: fallback }]) => [
      name,
      node.attributes[name]?.value ?? fallback,
    ]),
  ) as unknown as ResizeAttributes;
  const plans = planResize(x.shape, numbersOf(kernelInputs, full), full);
  if (changesNothing(plans)) return [x];
  const asMatrices = x.dtype === "float32" && plans.every(hasMatrix);
  return runtimeResizes(plans, full) || !asMatrices ? emitted : [interpolate(x, plans, full)];
}

/** Before opset 11: positions count from the corner, and nearest means below when growing, above when shrinking. */
export function importOldResize(x: Maybe<Value>, scales: Maybe<Value>, mode: string): readonly Value[] {
  const asymmetric = { coordinate_transformation_mode: "asymmetric" };
  if (mode !== "nearest") return importResize([x, null, scales], { ...asymmetric, mode: "linear" });
  const factors = scales?.constant ? [...scales.constant.toNumbers()] : [];
  const only = (kept: (factor: number) => boolean) =>
    constant(
      Tensor.ofNumbers(
        "float32",
        [factors.length],
        factors.map((v) => (kept(v) ? v : 1)),
      ),
    );
  const grown = { ...asymmetric, mode: "nearest", nearest_mode: "floor" };
  const shrunk = { ...grown, nearest_mode: "ceil" };
  if (factors.every((v) => v >= 1)) return importResize([x, null, scales], grown);
  if (factors.every((v) => v <= 1)) return importResize([x, null, scales], shrunk);
  const [smaller] = importResize([x, null, only((v) => v < 1)], shrunk);
  return importResize([smaller, null, only((v) => v > 1)], grown);
}

export const Resize = defineOp({
  name: "Resize",
  since: 19,
  attributes: resizeAttributes,
  shape: (inputs, attributes) => {
    checkLengths(inputs, attributes);
    const plans = planResize(inputs[0].shape, numbersOf(inputs, attributes), attributes);
    return [{ dtype: inputs[0].dtype, shape: plans.map(({ resized }) => resized) }];
  },
  gradient: ({ inputs, outputGradients: [g], attributes }) => {
    const plans = planResize(inputs[0].shape, numbersOf(inputs, attributes), attributes);
    const large = plans.find((plan) => !hasMatrix(plan));
    if (large !== undefined) {
      throw new NoemaError("RESIZE_TOO_LARGE", {
        where: "gradient of Resize",
        found: `an axis of ${large.size} is resized to ${large.resized}`,
        needed: `its weights are a matrix of at most ${largestMatrix} elements and ${mostRows} rows`,
      });
    }
    return [takeBack(g, plans, mixesPerAxis(plans, attributes))];
  },
  oracle: ([x, roi, scales, sizes], attributes) => {
    const read = (array: Nd | undefined) => (array && array.data.length > 0 ? [...array.data] : undefined);
    const plans = planResize(x.dims, { roi: read(roi), scales: read(scales), sizes: read(sizes) }, attributes);
    return [interpolateExactly(x, plans, attributes)];
  },
  cases: resizeCases,
  import: ({ opset, inputs, attributes }) => {
    if (opset >= 11) return importResize(inputs, attributes);
    return importOldResize(inputs[0], inputs[1], (attributes.mode as string | undefined) ?? "nearest");
  },
});
