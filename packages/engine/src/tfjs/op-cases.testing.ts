/** @file One case per operator of TensorFlow graphs, and per thing that may be said of it. The part of its name before a slash is the operator. */
import { seeded } from "./compare.testing.js";
import { type NodeInput, type TensorInput, texts } from "./graph-def.testing.js";

const random = seeded(11);

/** Floats in low … high. */
function floats(shape: readonly number[], low = -2, high = 2): TensorInput {
  const size = shape.reduce((a, b) => a * b, 1);
  return { dtype: "float32", shape, numbers: Array.from({ length: size }, () => low + (high - low) * random()) };
}

const int = (numbers: readonly number[], shape: readonly number[] = [numbers.length]): TensorInput => ({
  dtype: "int32",
  shape,
  numbers,
});
const scalar = (number: number): TensorInput => int([number], []);
const number = (value: number): TensorInput => ({ dtype: "float32", shape: [], numbers: [value] });
const flags = (numbers: readonly number[], shape: readonly number[] = [numbers.length]): TensorInput => ({
  dtype: "bool",
  shape,
  numbers,
});

export interface OpCase {
  readonly fed: readonly TensorInput[];
  readonly known?: readonly TensorInput[];
  /** Order of operands where constants do not simply come last: f0, f1 … and k0, k1 … */
  readonly order?: readonly string[];
  readonly attributes?: NodeInput["attributes"];
  readonly outputs?: number;
  /** A pool of one pixel before it, so that its operand is computed channels first. */
  readonly led?: boolean;
}

const image = () => floats([2, 6, 5, 4]);
const strides = (s: number) => [1, s, s, 1];
export const conv = (more: NodeInput["attributes"] = {}) => ({
  strides: strides(1),
  padding: "SAME",
  data_format: "NHWC",
  dilations: strides(1),
  ...more,
});

const unaryOps: Readonly<Record<string, readonly [number, number]>> = {
  Abs: [-2, 2],
  Acos: [-0.9, 0.9],
  Acosh: [1.1, 3],
  Asin: [-0.9, 0.9],
  Asinh: [-2, 2],
  Atan: [-2, 2],
  Atanh: [-0.9, 0.9],
  Ceil: [-2, 2],
  Cos: [-2, 2],
  Cosh: [-2, 2],
  Elu: [-2, 2],
  Erf: [-2, 2],
  Exp: [-2, 2],
  Expm1: [-2, 2],
  Floor: [-2, 2],
  Identity: [-2, 2],
  IsNan: [-2, 2],
  LeakyRelu: [-2, 2],
  Log: [0.1, 2],
  Log1p: [-0.5, 2],
  LogSoftmax: [-2, 2],
  Neg: [-2, 2],
  Reciprocal: [0.5, 2],
  Relu: [-2, 2],
  Relu6: [-9, 9],
  Round: [-2, 2],
  Rsqrt: [0.1, 2],
  Selu: [-2, 2],
  Sigmoid: [-4, 4],
  Sign: [-2, 2],
  Sin: [-2, 2],
  Sinh: [-2, 2],
  Softmax: [-2, 2],
  Softplus: [-2, 2],
  Sqrt: [0.1, 2],
  Square: [-2, 2],
  Tan: [-1, 1],
  Tanh: [-2, 2],
  ZerosLike: [-2, 2],
  OnesLike: [-2, 2],
};

const binaryOps = [
  "Add",
  "AddV2",
  "BiasAdd",
  "Sub",
  "Mul",
  "RealDiv",
  "DivNoNan",
  "FloorDiv",
  "FloorMod",
  "Maximum",
  "Minimum",
  "SquaredDifference",
  "Equal",
  "NotEqual",
  "Greater",
  "GreaterEqual",
  "Less",
  "LessEqual",
];

const reductions = ["Sum", "Mean", "Max", "Min", "Prod", "EuclideanNorm"];

export const opCases: Readonly<Record<string, OpCase>> = {
  ...Object.fromEntries(
    Object.entries(unaryOps).map(([op, range]) => [op, { fed: [floats([2, 3, 2, 5], ...range)], led: true }]),
  ),
  ...Object.fromEntries(
    binaryOps.flatMap((op) => [
      [op, { fed: [floats([2, 3, 2, 4]), floats([4])], led: true }],
      ...(op === "BiasAdd" || op === "DivNoNan"
        ? []
        : [[`${op}/whole`, { fed: [int([7, -7, 6, -6, 5]), int([2, 2, -3, -3, 5])] }]]),
    ]),
  ),
  ...Object.fromEntries(
    reductions.flatMap((op) => [
      [`${op}/image`, { fed: [image()], known: [int([1, 2])], led: true }],
      [`${op}/image kept`, { fed: [image()], known: [int([1, 2])], attributes: { keep_dims: true }, led: true }],
      [`${op}/channels`, { fed: [image()], known: [int([-1])], led: true }],
      [`${op}/batch`, { fed: [image()], known: [int([0])], led: true }],
      [`${op}/height`, { fed: [image()], known: [int([1])], led: true }],
      [`${op}/own`, { fed: [floats([3, 4])], known: [int([1])] }],
    ]),
  ),
  "Sum/whole": { fed: [int([1, 2, 3, 4], [2, 2])], known: [int([0])] },
  "Mean/whole": { fed: [int([1, 2, 3, 5], [2, 2])], known: [int([0])] },
  All: { fed: [flags([1, 1, 1, 0], [2, 2])], known: [int([1])] },
  Any: { fed: [flags([0, 0, 1, 0], [2, 2])], known: [int([1])] },
  Pow: { fed: [floats([3, 4], 0.5, 2), floats([4], -1, 2)] },
  AddN: { fed: [floats([3, 4]), floats([3, 4]), floats([3, 4])] },
  ClipByValue: { fed: [floats([3, 4])], known: [number(-1), number(0.5)] },
  Prelu: { fed: [image()], known: [floats([4])], led: true },
  "Add/rows and columns": { fed: [floats([2, 3, 1, 4]), floats([5, 1])], led: true },
  "Mul/two images": { fed: [image(), image()], led: true },
  LogicalAnd: { fed: [flags([1, 1, 0, 0]), flags([1, 0, 1, 0])] },
  LogicalOr: { fed: [flags([1, 1, 0, 0]), flags([1, 0, 1, 0])] },
  LogicalNot: { fed: [flags([1, 0])] },
  Select: { fed: [flags([1, 0, 1, 0], [2, 2]), floats([2, 2]), floats([2, 2])] },
  SelectV2: { fed: [flags([1, 0]), floats([2, 2]), floats([2, 1])] },
  "Cast/to int": { fed: [floats([6])], attributes: { SrcT: "DT_FLOAT", DstT: "DT_INT32" } },
  "Cast/to bool": { fed: [int([0, 1, 2])], attributes: { SrcT: "DT_INT32", DstT: "DT_BOOL" } },
  "Cast/to float": { fed: [flags([0, 1])], attributes: { SrcT: "DT_BOOL", DstT: "DT_FLOAT" } },

  "Conv2D/same": { fed: [image()], known: [floats([3, 3, 4, 5])], attributes: conv() },
  "Conv2D/same, stride 2, even": {
    fed: [image()],
    known: [floats([2, 4, 4, 5])],
    attributes: conv({ strides: strides(2) }),
  },
  "Conv2D/valid, dilated": {
    fed: [image()],
    known: [floats([2, 2, 4, 3])],
    attributes: conv({ padding: "VALID", dilations: [1, 2, 3, 1] }),
  },
  "Conv2D/explicit": {
    fed: [image()],
    known: [floats([3, 3, 4, 3])],
    attributes: conv({ padding: "EXPLICIT", explicit_paddings: [0, 0, 1, 2, 0, 3, 0, 0], strides: strides(2) }),
  },
  "_FusedConv2D/bias, relu6": {
    fed: [image()],
    known: [floats([3, 3, 4, 5]), floats([5])],
    attributes: conv({ fused_ops: texts("BiasAdd", "Relu6"), num_args: 1 }),
  },
  "_FusedConv2D/bias, prelu": {
    fed: [image()],
    known: [floats([1, 1, 4, 5]), floats([5]), floats([1, 1, 5])],
    attributes: conv({ fused_ops: texts("BiasAdd", "Prelu"), num_args: 2 }),
  },
  "_FusedConv2D/bias, leaky relu": {
    fed: [image()],
    known: [floats([1, 1, 4, 5]), floats([5])],
    attributes: conv({ fused_ops: texts("BiasAdd", "LeakyRelu"), num_args: 1, leakyrelu_alpha: 0.3 }),
  },
  "_FusedConv2D/bias, elu": {
    fed: [image()],
    known: [floats([1, 1, 4, 5]), floats([5])],
    attributes: conv({ fused_ops: texts("BiasAdd", "Elu"), num_args: 1 }),
  },
  DepthwiseConv2dNative: {
    fed: [image()],
    known: [floats([3, 3, 4, 2])],
    attributes: conv({ strides: strides(2) }),
  },
  "FusedDepthwiseConv2dNative/bias, relu": {
    fed: [image()],
    known: [floats([3, 2, 4, 1]), floats([4])],
    attributes: conv({ fused_ops: texts("BiasAdd", "Relu"), num_args: 1 }),
  },
  "Conv2DBackpropInput/same": {
    fed: [floats([2, 3, 3, 5])],
    known: [int([2, 6, 5, 4]), floats([3, 3, 4, 5])],
    order: ["k0", "k1", "f0"],
    attributes: conv({ strides: strides(2) }),
  },
  "Conv2DBackpropInput/valid": {
    fed: [floats([2, 3, 2, 5])],
    known: [int([2, 8, 6, 4]), floats([3, 3, 4, 5])],
    order: ["k0", "k1", "f0"],
    attributes: conv({ strides: strides(2), padding: "VALID" }),
  },
  "MaxPool/same": { fed: [image()], attributes: conv({ ksize: [1, 3, 2, 1], strides: strides(2) }) },
  "MaxPool/valid": { fed: [image()], attributes: conv({ ksize: [1, 2, 2, 1], strides: strides(2), padding: "VALID" }) },
  "AvgPool/same": { fed: [image()], attributes: conv({ ksize: [1, 3, 3, 1], strides: strides(2) }) },
  "FusedBatchNormV3/": {
    fed: [image()],
    known: [floats([4]), floats([4]), floats([4]), floats([4], 0.5, 2)],
    attributes: { epsilon: 0.01, is_training: false },
  },
  LRN: { fed: [floats([1, 2, 2, 9])], attributes: { depth_radius: 2, bias: 1.5, alpha: 0.3, beta: 0.75 } },
  "ResizeBilinear/larger": { fed: [image()], known: [int([9, 10])] },
  "ResizeBilinear/corners": { fed: [image()], known: [int([9, 10])], attributes: { align_corners: true } },
  "ResizeBilinear/centres": { fed: [image()], known: [int([4, 10])], attributes: { half_pixel_centers: true } },
  "ResizeNearestNeighbor/larger": { fed: [image()], known: [int([9, 10])] },
  "ResizeNearestNeighbor/corners": { fed: [image()], known: [int([9, 10])], attributes: { align_corners: true } },
  "ResizeNearestNeighbor/centres": { fed: [image()], known: [int([4, 10])], attributes: { half_pixel_centers: true } },
  DepthToSpace: { fed: [floats([2, 3, 2, 8])], attributes: { block_size: 2, data_format: "NHWC" } },

  "MatMul/transposed": {
    fed: [floats([4, 3])],
    known: [floats([5, 4])],
    attributes: { transpose_a: true, transpose_b: true },
  },
  "_FusedMatMul/bias, relu": {
    fed: [floats([3, 4])],
    known: [floats([4, 5]), floats([5])],
    attributes: { fused_ops: texts("BiasAdd", "Relu"), num_args: 1, transpose_a: false, transpose_b: false },
  },
  BatchMatMulV2: { fed: [floats([2, 3, 4]), floats([2, 5, 4])], attributes: { adj_x: false, adj_y: true } },
  Einsum: { fed: [floats([2, 3, 4]), floats([4, 5])], attributes: { equation: "nij,jk->nik" } },

  "Reshape/rest": { fed: [image()], known: [int([2, -1])], led: true },
  "Squeeze/image": { fed: [floats([2, 1, 1, 4])], attributes: { squeeze_dims: [1, 2] }, led: true },
  "Squeeze/height": { fed: [floats([2, 1, 3, 4])], attributes: { squeeze_dims: [1] }, led: true },
  "Squeeze/batch": { fed: [floats([1, 2, 3, 4])], attributes: { squeeze_dims: [0] }, led: true },
  "ExpandDims/first": { fed: [image()], known: [scalar(0)], led: true },
  "ExpandDims/last": { fed: [image()], known: [scalar(-1)], led: true },
  "ExpandDims/inside": { fed: [image()], known: [scalar(2)], led: true },
  Transpose: { fed: [image()], known: [int([0, 3, 1, 2])], led: true },
  "Transpose/other": { fed: [image()], known: [int([3, 2, 0, 1])], led: true },
  "ConcatV2/channels": { fed: [image(), image()], known: [scalar(3)], led: true },
  "ConcatV2/height": { fed: [image(), floats([2, 3, 5, 4])], known: [scalar(1)], led: true },
  "Pack/front": { fed: [floats([2, 3]), floats([2, 3])], attributes: { axis: 0, N: 2 } },
  "Pack/back": { fed: [image(), image()], attributes: { axis: -1, N: 2 }, led: true },
  Unpack: { fed: [image()], attributes: { axis: -1, num: 4 }, outputs: 4, led: true },
  Split: {
    fed: [image()],
    known: [scalar(3)],
    order: ["k0", "f0"],
    attributes: { num_split: 2 },
    outputs: 2,
    led: true,
  },
  SplitV: {
    fed: [image()],
    known: [int([1, 3, 2]), scalar(1)],
    attributes: { num_split: 3 },
    outputs: 3,
    led: true,
  },
  Pad: { fed: [image()], known: [int([0, 0, 1, 2, 3, 0, 0, 1], [4, 2])], led: true },
  PadV2: { fed: [floats([2, 3])], known: [int([1, 0, 0, 2], [2, 2]), number(1.5)] },
  "MirrorPad/reflect": { fed: [floats([4, 5])], known: [int([1, 2, 3, 0], [2, 2])], attributes: { mode: "reflect" } },
  "MirrorPad/symmetric": {
    fed: [floats([4, 5])],
    known: [int([1, 4, 3, 0], [2, 2])],
    attributes: { mode: "symmetric" },
  },
  SpaceToBatchND: { fed: [image()], known: [int([2, 3]), int([1, 1, 0, 1], [2, 2])], led: true },
  BatchToSpaceND: { fed: [floats([12, 2, 3, 4])], known: [int([2, 3]), int([1, 0, 0, 2], [2, 2])], led: true },
  Tile: { fed: [floats([2, 3])], known: [int([2, 3])] },
  BroadcastTo: { fed: [floats([3, 1])], known: [int([2, 3, 4])] },

  "Slice/image": { fed: [image()], known: [int([0, 1, 2, 1]), int([-1, 3, -1, 2])], led: true },
  "StridedSlice/steps": {
    fed: [image()],
    known: [int([0, 5, 1, 0]), int([2, 0, 5, 4]), int([1, -2, 2, 1])],
    attributes: masks({ begin_mask: 1, end_mask: 9 }),
    led: true,
  },
  "StridedSlice/one": {
    fed: [floats([4, 5])],
    known: [int([-1, 1]), int([0, 4]), int([1, 1])],
    attributes: masks({ shrink_axis_mask: 1 }),
  },
  "StridedSlice/rest, new": {
    fed: [floats([2, 3, 4])],
    known: [int([0, 0, 1]), int([0, 0, 3]), int([1, 1, 1])],
    attributes: masks({ ellipsis_mask: 1, new_axis_mask: 2 }),
  },
  Gather: { fed: [floats([5, 3])], known: [int([4, 0, 4])] },
  "GatherV2/axis": { fed: [image()], known: [int([2, 0], [1, 2]), scalar(3)], led: true },
  "GatherV2/batch": {
    fed: [floats([2, 5, 3])],
    known: [int([4, 0, 1, 1], [2, 2]), scalar(1)],
    attributes: { batch_dims: 1 },
  },
  GatherNd: { fed: [image()], known: [int([1, 5, 0, 0, 2, 4], [2, 3])] },
  ScatterNd: { fed: [floats([3, 2])], known: [int([0, 3, 0], [3, 1]), int([4, 2])], order: ["k0", "f0", "k1"] },
  TensorScatterUpdate: {
    fed: [floats([4, 2]), floats([2, 2])],
    known: [int([3, 1], [2, 1])],
    order: ["f0", "k0", "f1"],
  },
  TopKV2: { fed: [floats([3, 6])], known: [scalar(4)], attributes: { sorted: true }, outputs: 2 },
  ArgMax: { fed: [image()], known: [scalar(3)], led: true },
  ArgMin: { fed: [image()], known: [scalar(1)], led: true },
  ReverseV2: { fed: [image()], known: [int([1, -1])], led: true },
  OneHot: {
    fed: [int([0, 2, 1])],
    known: [scalar(4), number(2), number(-1)],
    attributes: { T: "DT_FLOAT" },
  },
  Cumsum: { fed: [floats([3, 4])], known: [int([1])], attributes: { exclusive: true, reverse: true } },
  Range: { fed: [], known: [scalar(2), scalar(9), scalar(3)], attributes: { Tidx: "DT_INT32" } },
  LinSpace: { fed: [], known: [number(1), number(2), scalar(5)] },
  Fill: { fed: [], known: [int([2, 3]), number(0.5)] },
  Shape: { fed: [image()], led: true },
  Size: { fed: [image()], led: true },
  Rank: { fed: [image()], led: true },
};

function masks(given: Readonly<Record<string, number>>): Record<string, number> {
  const none = { begin_mask: 0, end_mask: 0, ellipsis_mask: 0, new_axis_mask: 0, shrink_axis_mask: 0 };
  return { ...none, ...given };
}
