/**
 * @file If: the values of one branch or the other. Branches have no inputs, so what they compute is computed outside
 * them: a branch is chosen while reading where the condition is known, and becomes a Where where its shapes agree.
 */
import { type Body, body } from "../../graph/attribute.js";
import { reshape, where } from "../../graph/builder.js";
import type { DType } from "../../graph/dtype.js";
import { constant, emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineOp, undifferentiable } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import { typeWithoutShape, type Value } from "../../graph/value.js";
import { fed } from "../case.js";
import { evaluate } from "../evaluate.js";
import { checkBody, sameShape, shapeUnknown } from "./typed-body.js";

/** Element types that ONNX Runtime's Where has a kernel for. */
const selectable: ReadonlySet<DType> = new Set(["float32", "int64", "int32", "uint8"]);

/** The output of a branch, unless the branch does not accept the shapes the model was opened with. */
function sound(value: Value): Value {
  if (value.failure !== null && value.failure.code !== "SHAPE_UNKNOWN") throw value.failure;
  return value;
}

/** One output as a selection between those of both branches, where that is possible. */
function select(condition: Value, a: Value, b: Value): Value | undefined {
  if (a === b) return a;
  const equal = a.dtype === b.dtype && sameShape(a.knownShape, b.knownShape);
  if (!equal || !selectable.has(a.dtype) || condition.knownShape === null) return undefined;
  return where(reshape(condition, []), a, b);
}

function filled(count: number, value: number): Body {
  const numbers = new Float64Array(count).fill(value);
  return { inputs: [], outputs: [constant(Tensor.ofNumbers("float32", [count], numbers))] };
}

export const If = defineOp({
  name: "If",
  since: 16,
  attributes: { then_branch: body.required(), else_branch: body.required() },
  shape: (_, { then_branch: yes, else_branch: no }, outputCount) => {
    checkBody(yes, 0, outputCount);
    checkBody(no, 0, outputCount);
    return yes.outputs.map((a, i) => {
      const b = no.outputs[i]!;
      if (a.dtype !== b.dtype) {
        throw new NoemaError("BRANCHES_DIFFER", {
          found: `output ${i} is ${a.dtype} in one branch and ${b.dtype} in the other`,
          needed: "both branches give the same element types",
        });
      }
      if (sameShape(a.knownShape, b.knownShape)) return { dtype: a.dtype, shape: a.shape };
      return typeWithoutShape(a.dtype, shapeUnknown(`output ${i} has another shape in each branch`));
    });
  },
  gradient: undifferentiable("the shape of what flows back would depend on the condition"),
  oracle: ([condition], { then_branch: yes, else_branch: no }) =>
    evaluate((condition.data[0] ? yes : no).outputs, new Map()),
  cases: [
    {
      inputs: [fed([1], [], "bool")],
      attributes: { then_branch: filled(3, 1), else_branch: filled(3, 2) },
      note: "true",
    },
    {
      inputs: [fed([0], [1], "bool")],
      attributes: { then_branch: filled(3, 1), else_branch: filled(3, 2) },
      note: "false",
    },
  ],
  import: ({ inputs, attributes, outputCount }) => {
    const [condition] = inputs;
    const [yes, no] = [attributes.then_branch as Body | undefined, attributes.else_branch as Body | undefined];
    if (!condition || yes === undefined || no === undefined) return undefined;
    if (condition.constant) {
      const taken = condition.constant.toNumbers()[0] ? yes : no;
      checkBody(taken, 0, outputCount);
      return taken.outputs.map(sound);
    }
    checkBody(yes, 0, outputCount);
    checkBody(no, 0, outputCount);
    const selected = yes.outputs.map((a, i) => select(condition, sound(a), sound(no.outputs[i]!)));
    if (selected.every((v) => v !== undefined)) return selected;
    return emit("If", inputs, attributes, { outputs: outputCount });
  },
});
