/** @file Operators of TensorFlow that make values or pass them on: casts, fills, ranges, shapes, identities. */
import { expand, full } from "../../graph/builder.js";
import type { DType } from "../../graph/dtype.js";
import { constant } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { Tensor } from "../../graph/tensor.js";
import type { Call, Rule, Rules } from "../rule.js";
import { Twin } from "../twin.js";
import { castTwin } from "./elementwise.js";

const ints = (dims: readonly number[], numbers: readonly number[]): Twin =>
  Twin.own(constant(Tensor.ofNumbers("int32", dims, numbers)));

/** As many steps as one constant may hold. */
const maxSteps = 2 ** 24;

function stepped(dtype: DType, count: number, at: (i: number) => number): Twin {
  if (!(count >= 0 && count <= maxSteps)) {
    throw new NoemaError("TENSOR_TOO_LARGE", { found: `${count} steps`, needed: `at most ${maxSteps}` });
  }
  return Twin.own(
    constant(
      Tensor.ofNumbers(
        dtype,
        [count],
        Float64Array.from({ length: count }, (_, i) => at(i)),
      ),
    ),
  );
}

function range(call: Call): Twin {
  const [start, limit, delta] = [0, 1, 2].map((i) => call.number(i, "the bounds of the range"));
  const count = delta === 0 ? 0 : Math.max(0, Math.ceil((limit - start) / delta));
  return stepped(call.input(0).dtype, count, (i) => start + i * delta);
}

function linSpace(call: Call): Twin {
  const [start, stop, count] = [0, 1, 2].map((i) => call.number(i, "the bounds"));
  const step = count > 1 ? (stop - start) / (count - 1) : 0;
  return stepped("float32", count, (i) => start + i * step);
}

function fill(call: Call): Twin {
  const dims = call.numbers(0, "the shape");
  const value = call.own(1);
  if (value.constant === null) return Twin.own(expand(value, dims));
  return Twin.own(full(dims, call.number(1, "the value"), value.dtype));
}

const filled =
  (number: number): Rule =>
  (call) =>
    Twin.own(full(call.input(0).shape, number, call.input(0).dtype));

const shapeTwin = (x: Twin): Twin => ints([x.rank], x.shape);

const same: Rule = (call) => call.input(0);

export const structureRules: Rules = {
  Identity: same,
  IdentityN: (call) => call.inputs,
  Snapshot: same,
  StopGradient: same,
  PreventGradient: same,
  CheckNumerics: same,
  Print: same,
  PlaceholderWithDefault: same,
  // tfjs passes these through as well: what they round for training on integers stays exact.
  FakeQuantWithMinMaxVars: same,
  // Inside loops, which are run while the model is read.
  Enter: same,
  LoopCond: same,
  NextIteration: same,
  Cast: (call) => castTwin(call.input(0), call.dtype("DstT", "float32")),
  Shape: (call) => shapeTwin(call.input(0)),
  ShapeN: (call) => call.inputs.map(shapeTwin),
  Size: (call) => ints([], [call.input(0).shape.reduce((a, b) => a * b, 1)]),
  Rank: (call) => ints([], [call.input(0).rank]),
  Fill: fill,
  ZerosLike: filled(0),
  OnesLike: filled(1),
  Range: range,
  LinSpace: linSpace,
};
