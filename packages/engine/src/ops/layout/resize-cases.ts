/** @file Cases of Resize: every mode, coordinate transformation and rounding, growing and shrinking. */
import type { Case } from "../../graph/op.js";
import { fed, fixed, known, uniform } from "../case.js";

const image = uniform([1, 2, 4, 5]);
const grown = fixed([1, 1, 2, 1.6]);
const shrunk = fixed([1, 1, 0.5, 0.8]);

const coordinates = ["half_pixel", "half_pixel_symmetric", "pytorch_half_pixel", "align_corners", "asymmetric"];

const everyCoordinate: Case[] = ["nearest", "linear", "cubic"].flatMap((mode) =>
  coordinates.flatMap((coordinate) =>
    [grown, shrunk].map((scales, i) => ({
      inputs: [image, null, scales],
      attributes: { mode, coordinate_transformation_mode: coordinate },
      note: `${mode}, ${coordinate}, ${["grown", "shrunk"][i]}`,
    })),
  ),
);

const everyRounding: Case[] = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"].flatMap((nearest_mode) =>
  ["half_pixel", "asymmetric"].flatMap((coordinate) =>
    [known([1, 2, 7, 10]), known([1, 2, 2, 3])].map((sizes, i) => ({
      inputs: [image, null, null, sizes],
      attributes: { nearest_mode, coordinate_transformation_mode: coordinate },
      note: `nearest, ${nearest_mode}, ${coordinate}, ${["grown", "shrunk"][i]}`,
    })),
  ),
);

const repeated = { coordinate_transformation_mode: "asymmetric", nearest_mode: "floor" };
const crop = { coordinate_transformation_mode: "tf_crop_and_resize" };
const roi = fixed([0, 0, 0.4, 0.2, 1, 1, 0.8, 1.3]);

export const resizeCases: readonly Case[] = [
  { inputs: [image, null, fixed([1, 1, 2, 3])], attributes: repeated, note: "repeated" },
  { inputs: [uniform([2, 3]), null, fixed([2, 3])], attributes: repeated, note: "repeated, two axes" },
  { inputs: [uniform([1, 2, 3]), null, fixed([1, 1, 2])], note: "repeated, three axes" },
  { inputs: [uniform([1, 1, 2, 2, 2]), null, fixed([1, 1, 2, 1, 3])], note: "repeated, five axes" },
  { inputs: [image, null, fixed([1, 1, 2, 1.7])], attributes: repeated, note: "repeated along one axis" },
  { inputs: [uniform([4]), null, fixed([0.6])], note: "one axis" },
  { inputs: [fed([1, 2, 3, 4], [2, 2], "int32"), null, fixed([2, 2])], note: "integers" },
  ...everyCoordinate,
  ...everyRounding,
  {
    inputs: [image, null, null, known([3, 7])],
    attributes: { axes: [2, 3], mode: "linear", keep_aspect_ratio_policy: "not_larger" },
    note: "not larger",
  },
  {
    inputs: [image, null, null, known([7, 6])],
    attributes: { axes: [3, 2], keep_aspect_ratio_policy: "not_smaller" },
    note: "not smaller",
  },
  { inputs: [image, null, fixed([2.5]), null], attributes: { axes: [2], mode: "linear" }, note: "one of four axes" },
  { inputs: [uniform([3, 4]), null, null, known([5, 2])], attributes: { mode: "linear" }, note: "linear, two axes" },
  { inputs: [uniform([2, 3, 4]), null, fixed([1, 1.5, 2])], attributes: { mode: "linear" }, note: "three axes" },
  { inputs: [uniform([1, 1, 2, 3, 2]), null, fixed([1, 1, 2, 1.5, 2])], attributes: { mode: "linear" }, note: "five" },
  { inputs: [uniform([1, 4, 3, 2]), null, fixed([1, 2, 0.7, 1])], attributes: { mode: "linear" }, note: "N×H×W×C" },
  {
    inputs: [image, null, grown],
    attributes: { mode: "cubic", cubic_coeff_a: -0.5, exclude_outside: 1 },
    note: "cubic, outside excluded",
  },
  { inputs: [image, null, shrunk], attributes: { mode: "linear", antialias: 1 }, note: "linear, antialias" },
  { inputs: [image, null, shrunk], attributes: { mode: "cubic", antialias: 1 }, note: "cubic, antialias" },
  {
    inputs: [image, null, null, known([1, 2, 3, 9])],
    attributes: { mode: "linear", antialias: 1, exclude_outside: 1 },
    note: "antialias, outside excluded",
  },
  {
    inputs: [image, null, null, known([1, 2, 2, 2])],
    attributes: { mode: "cubic", antialias: 1, exclude_outside: 1, coordinate_transformation_mode: "align_corners" },
    note: "cubic, antialias, outside excluded",
  },
  ...["nearest", "linear", "cubic"].map((mode) => ({
    inputs: [image, roi, null, known([1, 2, 3, 6])],
    attributes: { ...crop, mode, extrapolation_value: 10 },
    note: `cropped, ${mode}`,
  })),
];
