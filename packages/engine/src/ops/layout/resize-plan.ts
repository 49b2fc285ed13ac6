/** @file What Resize does along each axis: how many elements it makes of how many, and between which it interpolates. */
import { type AttributeValues, float, int, ints, string } from "../../graph/attribute.js";
import { NoemaError } from "../../graph/error.js";
import { allAxes, resolveAxes } from "../axes.js";

export const resizeAttributes = {
  antialias: int(0),
  axes: ints(),
  coordinate_transformation_mode: string("half_pixel"),
  cubic_coeff_a: float(-0.75),
  exclude_outside: int(0),
  extrapolation_value: float(0),
  keep_aspect_ratio_policy: string("stretch"),
  mode: string("nearest"),
  nearest_mode: string("round_prefer_floor"),
};

export type ResizeAttributes = AttributeValues<typeof resizeAttributes>;

/** The numbers in the inputs of Resize; undefined where an input is missing or empty. */
export interface ResizeNumbers {
  readonly roi: readonly number[] | undefined;
  readonly scales: readonly number[] | undefined;
  readonly sizes: readonly number[] | undefined;
}

/** One axis: `size` elements become `resized`. */
export interface AxisPlan {
  readonly size: number;
  readonly resized: number;
  /** In single precision, as ONNX Runtime has it. */
  readonly scale: number;
  /** The part that is stretched over the result, as fractions of the axis (tf_crop_and_resize only). */
  readonly roi: readonly [number, number];
}

/** Values that the text attributes may have. */
const choices: Readonly<Partial<Record<keyof ResizeAttributes, readonly string[]>>> = {
  mode: ["nearest", "linear", "cubic"],
  nearest_mode: ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"],
  keep_aspect_ratio_policy: ["stretch", "not_larger", "not_smaller"],
  coordinate_transformation_mode: [
    "half_pixel",
    "half_pixel_symmetric",
    "pytorch_half_pixel",
    "align_corners",
    "asymmetric",
    "tf_crop_and_resize",
    // Opsets 11 and 12 only; ONNX Runtime still takes it.
    "tf_half_pixel_for_nn",
  ],
};

function checkAttributes(attributes: ResizeAttributes): void {
  for (const [name, allowed] of Object.entries(choices)) {
    const value = attributes[name as keyof ResizeAttributes] as string;
    if (!allowed.includes(value)) {
      throw new NoemaError("ATTRIBUTE_VALUE", {
        found: `${name} "${value}"`,
        needed: `one of ${allowed.join(", ")}`,
      });
    }
  }
  if (attributes.antialias && attributes.mode === "nearest") {
    throw new NoemaError("ATTRIBUTE_VALUE", { found: "antialias in mode nearest", needed: "mode linear or cubic" });
  }
}

/** One plan per axis of the input. */
export function planResize(
  dims: readonly number[],
  numbers: ResizeNumbers,
  attributes: ResizeAttributes,
): readonly AxisPlan[] {
  checkAttributes(attributes);
  const axes = resolveAxes(attributes.axes ?? allAxes(dims.length), dims.length);
  const { scales, sizes } = numbers;
  const given = scales ?? sizes;
  const isCrop = attributes.coordinate_transformation_mode === "tf_crop_and_resize";
  const valid = given?.every((v) => v >= 0 && (v > 0 || scales === undefined));
  if (!valid || given?.length !== axes.length || (scales !== undefined && sizes !== undefined)) {
    throw new NoemaError("RESIZE_SCALES", {
      found: `scales [${scales?.join(", ") ?? ""}] and sizes [${sizes?.join(", ") ?? ""}]`,
      needed: `one of them, with a positive number for each of ${axes.length} axes`,
    });
  }
  if (isCrop && numbers.roi?.length !== 2 * axes.length) {
    throw new NoemaError("RESIZE_ROI", {
      found: `a roi of ${numbers.roi?.length ?? 0} numbers`,
      needed: `tf_crop_and_resize needs ${2 * axes.length}`,
    });
  }
  const plans = dims.map((size): AxisPlan => ({ size, resized: size, scale: 1, roi: [0, 1] }));
  const targets =
    scales !== undefined
      ? axes.map((axis, i) => ({ scale: scales[i], resized: Math.trunc(Math.fround(scales[i] * dims[axis])) }))
      : targetsOfSizes(
          axes.map((axis) => dims[axis]),
          sizes!,
          attributes.keep_aspect_ratio_policy,
        );
  axes.forEach((axis, i) => {
    const roi: [number, number] = isCrop ? [numbers.roi![i], numbers.roi![axes.length + i]] : [0, 1];
    plans[axis] = { size: dims[axis], ...targets[i], roi };
  });
  return plans;
}

function targetsOfSizes(dims: readonly number[], sizes: readonly number[], policy: string) {
  const scales = dims.map((size, i) => {
    if (size === 0 && sizes[i] !== 0) {
      throw new NoemaError("RESIZE_SCALES", {
        found: `${sizes[i]} elements wanted of none`,
        needed: "some to stretch",
      });
    }
    return size === 0 ? 1 : Math.fround(sizes[i] / size);
  });
  if (policy === "stretch") return scales.map((scale, i) => ({ scale, resized: sizes[i] }));
  const scale = policy === "not_larger" ? Math.min(...scales) : Math.max(...scales);
  return dims.map((size) => ({ scale, resized: Math.round(Math.fround(scale * size)) }));
}

/** Whether the result is the input. ONNX Runtime copies wherever no size changes, whatever the scales were. */
export function changesNothing(plans: readonly AxisPlan[]): boolean {
  return plans.every(({ size, resized, roi }) => size === resized && roi[0] === 0 && roi[1] === 1);
}

/**
 * Whether ONNX Runtime's kernel does this (upsamplebase.h, ScalesValidation, of version 1.30): nearest anywhere, linear
 * and cubic along few axes. An axis whose size stays is taken as unchanged there, even where a part of it is cropped.
 */
export function runtimeResizes(plans: readonly AxisPlan[], { mode, antialias }: ResizeAttributes): boolean {
  const kept = plans.map(({ scale }) => scale === 1);
  if (plans.some(({ roi }, axis) => kept[axis] && (roi[0] !== 0 || roi[1] !== 1))) return false;
  if (mode === "nearest") return true;
  const rank = plans.length;
  const images = rank === 4 && kept[0] && kept[1];
  if (mode === "cubic" || antialias) return rank === 2 || images;
  const channelsLast = rank === 4 && kept[0] && kept[3];
  return rank === 2 || rank === 3 || images || channelsLast || (rank === 5 && kept[0] && kept[1]);
}
