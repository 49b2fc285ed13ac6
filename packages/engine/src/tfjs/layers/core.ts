/** @file Keras layers that compute on any shape: dense, activations, reshaping, merging, embedding, normalization. */
import {
  add,
  div,
  expand,
  gather,
  greater,
  mul,
  reciprocal,
  reduceSum,
  sqrt,
  sub,
  where,
} from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { activate, channelSoftmax } from "../activation.js";
import { batchNormalize } from "../features.js";
import { castTwin, leaky, prelu } from "../ops/elementwise.js";
import { concatTwins, reshapeTwin } from "../ops/layout.js";
import { product } from "../ops/linear.js";
import { mean, reduced } from "../ops/reduction.js";
import { permute, reshaped } from "../rearrange.js";
import { pointwise, Twin } from "../twin.js";
import { type LayerCall, LayerConfig, type LayerRule, type LayerRules } from "./call.js";
import { addBias, denseOverImage } from "./convolution.js";

const float = (x: Twin): Twin => castTwin(x, "float32");

function dense(call: LayerCall): Twin {
  const [x, kernel] = [float(call.x), call.weight("kernel")];
  const y = x.leads
    ? denseOverImage(x, kernel, call.bias)
    : x.rank === 2
      ? Twin.own(product(x.own, kernel, call.bias))
      : Twin.own(addBias(product(x.own, kernel, null), call.bias));
  return activate(y, call.config.string("activation", "linear"));
}

function rectified(call: LayerCall): Twin {
  const { config } = call;
  const slope = config.number("negative_slope", 0);
  const high = config.raw.max_value ?? config.raw.maxValue;
  if (config.number("threshold", 0) !== 0) throw call.refuse("a threshold", "0 is known");
  const y = slope === 0 ? activate(float(call.x), "relu") : leaky(float(call.x), slope);
  return typeof high === "number" ? pointwise([y], (x) => emit("Min", [x, high])[0]) : y;
}

function elu(call: LayerCall): Twin {
  const alpha = call.config.number("alpha", 1);
  return pointwise([float(call.x)], (x) => emit("Elu", [x], { alpha })[0]);
}

function thresholded(call: LayerCall): Twin {
  const theta = call.config.number("theta", 1);
  return pointwise([float(call.x)], (x) => where(greater(x, theta), x, 0));
}

function softmaxLayer(call: LayerCall): Twin {
  const { axis } = call.config.raw;
  if (Array.isArray(axis) && axis.length !== 1) throw call.refuse("several axes", "one is known");
  return channelSoftmax(
    float(call.x),
    "Softmax",
    Array.isArray(axis) ? Number(axis[0]) : call.config.number("axis", 1),
  );
}

function flatten(call: LayerCall): Twin {
  const { x } = call;
  const first = call.config.string("data_format", "channels_last") === "channels_first" && x.rank > 2;
  const ordered = first ? Twin.own(permute(x.own, [0, ...Array.from({ length: x.rank - 2 }, (_, i) => i + 2), 1])) : x;
  return reshapeTwin(ordered, [x.shape[0], -1]);
}

/** Dimensions that are null (what tfjs writes) or −1 are what remains. */
function reshapeLayer(call: LayerCall): Twin {
  const target = call.config.raw.target_shape;
  const dims = Array.isArray(target) ? target.map((d) => d ?? -1) : target;
  const shape = new LayerConfig({ target_shape: dims }).numbers("target_shape", 0);
  return reshapeTwin(call.x, [call.x.shape[0], ...shape]);
}

function permuted(call: LayerCall): Twin {
  return Twin.own(permute(call.x.own, [0, ...call.config.numbers("dims", call.x.rank - 1)]));
}

function repeated(call: LayerCall): Twin {
  const [batch, features] = call.x.shape;
  const wide = reshaped(call.x.own, [batch, 1, features]);
  return Twin.own(expand(wide, [batch, call.config.number("n", 1), features]));
}

function embedding(call: LayerCall): Twin {
  if (call.config.boolean("mask_zero", false)) {
    throw call.refuse("it masks zeros", "the layers after it would have to skip them");
  }
  return Twin.own(gather(call.weight("embeddings"), castTwin(call.x, "int32").own, 0));
}

const merging =
  (apply: (a: Value, b: Value) => Value): LayerRule =>
  (call) =>
    pointwise(call.inputs.map(float), (...values) => values.reduce(apply));

function average(call: LayerCall): Twin {
  const count = call.inputs.length;
  return pointwise(call.inputs.map(float), (...values) =>
    div(
      values.reduce((a, b) => add(a, b)),
      count,
    ),
  );
}

/** Products of vectors of two operands along one axis each, batch by batch. */
function dot(call: LayerCall): Twin {
  const operands = [float(call.input(0)), float(call.input(1))].map((x) => x.own);
  const given = call.config.numbers("axes", 2);
  const axes = given.map((axis, i) => (axis < 0 ? axis + operands[i].rank : axis));
  const [a, b] = call.config.boolean("normalize", false)
    ? operands.map((x, i) => mul(x, reciprocal(sqrt(reduceSum(mul(x, x), [axes[i]])))))
    : operands;
  if (a.rank === 2 && b.rank === 2) return Twin.own(reduceSum(mul(a, b), [1]));
  const left = ["n", ..."ij"].slice(0, a.rank);
  const right = ["n", ..."kl"].slice(0, b.rank);
  right[axes[1]] = left[axes[0]];
  const kept = [...left.filter((_, i) => i !== axes[0]), ...right.filter((_, i) => i !== axes[1] && i !== 0)];
  const y = emit("Einsum", [a, b], { equation: `${left.join("")},${right.join("")}->${kept.join("")}` })[0];
  return Twin.own(y.rank === 1 ? reshaped(y, [y.size, 1]) : y);
}

/** One number per entry of an axis, shaped to broadcast. */
function alongAxes(x: Twin, axes: readonly number[], value: Value): Twin {
  return Twin.own(
    reshaped(
      value,
      x.shape.map((size, axis) => (axes.includes(axis) ? size : 1)),
    ),
  );
}

const counted = (length: number, fill: number): Value =>
  constant(Tensor.ofNumbers("float32", [length], new Float64Array(length).fill(fill)));

function batchNormalization(call: LayerCall): Twin {
  const x = float(call.x);
  const given = call.config.raw.axis;
  const axisGiven = Array.isArray(given) ? Number(given[0]) : call.config.number("axis", -1);
  const axis = axisGiven < 0 ? axisGiven + x.rank : axisGiven;
  const variance = call.weight("moving_variance");
  const parts = {
    scale: call.config.boolean("scale", true) ? call.weight("gamma") : counted(variance.size, 1),
    offset: call.config.boolean("center", true) ? call.weight("beta") : counted(variance.size, 0),
    mean: call.weight("moving_mean"),
    variance,
    epsilon: call.config.number("epsilon", 1e-3),
  };
  if (x.leads && axis === x.rank - 1) return Twin.first(batchNormalize(x.first, parts));
  if (!x.leads && axis === 1) return Twin.own(batchNormalize(x.own, parts));
  const scale = mul(parts.scale, reciprocal(sqrt(add(variance, parts.epsilon))));
  const offset = sub(parts.offset, mul(parts.mean, scale));
  return pointwise([x, alongAxes(x, [axis], scale), alongAxes(x, [axis], offset)], (v, s, o) => add(mul(v, s), o));
}

function layerNormalization(call: LayerCall): Twin {
  const x = float(call.x);
  const { config } = call;
  const axes = config.numbers("axis", Array.isArray(config.raw.axis) ? 0 : 1, -1).map((a) => (a < 0 ? a + x.rank : a));
  const epsilon = config.number("epsilon", 1e-3);
  const scale = config.boolean("scale", true) ? call.weight("gamma") : null;
  const offset = config.boolean("center", true) ? call.weight("beta") : null;
  if (!x.leads && axes.length === 1 && axes[0] === x.rank - 1) {
    const gamma = scale ?? counted(x.shape[axes[0]], 1);
    return Twin.own(emit("LayerNormalization", [x.own, gamma, offset], { epsilon })[0]);
  }
  const centred = pointwise([x, reduced(x, axes, true, mean)], sub);
  const variance = reduced(
    pointwise([centred], (v) => mul(v, v)),
    axes,
    true,
    mean,
  );
  let y = pointwise([centred, variance], (v, s) => div(v, sqrt(add(s, epsilon))));
  if (scale !== null) y = pointwise([y, alongAxes(x, axes, scale)], mul);
  return offset === null ? y : pointwise([y, alongAxes(x, axes, offset)], add);
}

function rescaling(call: LayerCall): Twin {
  const { config } = call;
  return pointwise([float(call.x)], (x) => add(mul(x, config.number("scale", 1)), config.number("offset", 0)));
}

const same: LayerRule = (call) => call.x;

export const coreLayers: LayerRules = {
  Dense: dense,
  Activation: (call) => activate(float(call.x), call.config.string("activation", "linear")),
  ReLU: rectified,
  LeakyReLU: (call) => leaky(float(call.x), call.config.number("alpha", call.config.number("negative_slope", 0.3))),
  PReLU: (call) => prelu(float(call.x), Twin.own(call.weight("alpha"))),
  ELU: elu,
  ThresholdedReLU: thresholded,
  Softmax: softmaxLayer,
  Flatten: flatten,
  Reshape: reshapeLayer,
  Permute: permuted,
  RepeatVector: repeated,
  Embedding: embedding,
  Add: merging(add),
  Subtract: merging(sub),
  Multiply: merging(mul),
  Average: average,
  Maximum: merging((a, b) => emit("Max", [a, b])[0]),
  Minimum: merging((a, b) => emit("Min", [a, b])[0]),
  Concatenate: (call) => concatTwins(call.inputs, call.config.number("axis", -1)),
  Dot: dot,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  Rescaling: rescaling,
  // Active in training only.
  Dropout: same,
  SpatialDropout1D: same,
  SpatialDropout2D: same,
  GaussianDropout: same,
  GaussianNoise: same,
  AlphaDropout: same,
  ActivityRegularization: same,
};
