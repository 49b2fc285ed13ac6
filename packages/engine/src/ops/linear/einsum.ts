/** @file Einsum: products of elements whose labels agree, summed over the labels that the output lacks. */
import { string } from "../../graph/attribute.js";
import { expand, mul, reshape } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { forEachIndex, type Nd, ndZeros, stridesOf, tryBroadcast } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { uniform } from "../case.js";
import { refuseEmpty } from "../refuse-empty.js";
import { type Equation, labelSizes, readEquation, writeEquation } from "./einsum-equation.js";

export const Einsum = defineOp({
  name: "Einsum",
  since: 12,
  attributes: { equation: string.required() },
  shape: (inputs, { equation }) => {
    refuseEmpty(inputs);
    const shapes = inputs.map((x) => x.shape);
    const read = readEquation(
      equation,
      shapes.map((s) => s.length),
    );
    const sizes = labelSizes(read, shapes);
    return [{ dtype: inputs[0].dtype, shape: read.output.map((label) => sizes.get(label)!) }];
  },
  gradient: ({ inputs, outputGradients: [g], attributes, wanted }) => {
    const equation = readEquation(
      attributes.equation,
      inputs.map((x) => x.rank),
    );
    return inputs.map((_, i) => (wanted[i] ? operandGradient(inputs, i, g, equation) : null));
  },
  oracle: (inputs, { equation }) => [einsum(inputs, equation)],
  // ONNX's own inference refuses ellipses of different ranks; spelled out they are accepted.
  import: ({ inputs, attributes: { equation } }) => {
    const ranks = inputs.map((x) => x?.knownShape?.length);
    if (typeof equation !== "string" || !equation.includes("...") || ranks.includes(undefined)) return undefined;
    return emit("Einsum", inputs, { equation: writeEquation(readEquation(equation, ranks as number[])) });
  },
  multiplyAdds: (inputs, _, { equation }) => {
    const shapes = inputs.map((x) => x.shape);
    const read = readEquation(
      equation,
      shapes.map((s) => s.length),
    );
    return [...labelSizes(read, shapes).values()].reduce((a, b) => a * b, 1);
  },
  cases: [
    { inputs: [uniform([2, 3]), uniform([3, 2])], attributes: { equation: "ij,jk->ik" } },
    { inputs: [uniform([2, 2, 3]), uniform([2, 2, 3])], attributes: { equation: "bqd, bkd -> bqk" } },
    { inputs: [uniform([2, 2, 2]), uniform([2, 2, 2])], attributes: { equation: "...ij,...jk->...ik" } },
    { inputs: [uniform([2, 1, 3]), uniform([4, 3])], attributes: { equation: "abd,bd->ab" }, note: "broadcast" },
    { inputs: [uniform([2, 3])], attributes: { equation: "ij->ji" } },
    { inputs: [uniform([2, 3])], attributes: { equation: "ij->j" }, note: "a sum" },
    { inputs: [uniform([2, 3])], attributes: { equation: "ij->" }, note: "the sum of all" },
    { inputs: [uniform([3, 3])], attributes: { equation: "ii->i" }, note: "the diagonal" },
    { inputs: [uniform([3, 3])], attributes: { equation: "ii" }, note: "the trace, output implied" },
    { inputs: [uniform([2, 3, 3])], attributes: { equation: "...ii->...i" }, note: "diagonals of a batch" },
    { inputs: [uniform([3, 3]), uniform([3, 2])], attributes: { equation: "ii,ij->j" }, note: "a diagonal inside" },
    { inputs: [uniform([2, 3]), uniform([4, 2])], attributes: { equation: "ij,ki->k" }, note: "j summed alone" },
    { inputs: [uniform([2]), uniform([3])], attributes: { equation: "i,j" }, note: "outer product, implied" },
    { inputs: [uniform([2, 3]), uniform([3, 2]), uniform([2])], attributes: { equation: "ij,jk,k->i" } },
  ],
});

/** d objective / d one operand: the einsum of the output's gradient with all other operands, made the operand's shape. */
function operandGradient(inputs: readonly Value[], at: number, g: Value, equation: Equation): Value {
  const own = equation.inputs[at];
  const others = inputs.filter((_, i) => i !== at);
  const terms = [equation.output, ...equation.inputs.filter((_, i) => i !== at)];
  const flowing = new Set(terms.flat());
  const distinct = own.filter((label, i) => own.indexOf(label) === i);
  const output = distinct.filter((label) => flowing.has(label));
  const alone = others.length === 0 && output.join() === equation.output.join();
  const part = alone ? g : emit("Einsum", [g, ...others], { equation: writeEquation({ inputs: terms, output }) })[0];
  // Labels that only this operand has were summed over: its gradient repeats along them.
  const { shape } = inputs[at];
  const firstOnly = own.map((label, i) => {
    const from = own.indexOf(label) === i ? output.indexOf(label) : -1;
    return from < 0 ? 1 : part.shape[from];
  });
  let full = reshape(part, firstOnly);
  own.forEach((label, i) => {
    const first = own.indexOf(label);
    if (first !== i) full = mul(full, identityAlong(shape, first, i));
  });
  return expand(full, tryBroadcast([full.shape, shape])!);
}

/** One where the indices of two axes are equal, zero elsewhere; all other axes are 1. */
function identityAlong(shape: readonly number[], a: number, b: number): Value {
  const size = shape[a];
  const dims = shape.map((d, i) => (i === a || i === b ? d : 1));
  const numbers = Array.from({ length: size * shape[b] }, (_, i) =>
    Math.floor(i / shape[b]) === i % shape[b] ? 1 : 0,
  );
  return constant(Tensor.ofNumbers("float32", dims, numbers));
}

function einsum(inputs: readonly Nd[], text: string): Nd {
  const equation = readEquation(
    text,
    inputs.map((x) => x.dims.length),
  );
  const sizes = labelSizes(
    equation,
    inputs.map((x) => x.dims),
  );
  const labels = [...equation.output, ...[...sizes.keys()].filter((label) => !equation.output.includes(label))];
  // Per operand, how far one step along each label moves in its data.
  const steps = inputs.map((x, k) => {
    const strides = stridesOf(x.dims);
    return labels.map((label) =>
      equation.inputs[k].reduce((sum, l, axis) => sum + (l === label && x.dims[axis] !== 1 ? strides[axis] : 0), 0),
    );
  });
  const out = ndZeros(equation.output.map((label) => sizes.get(label)!));
  const outStrides = stridesOf(out.dims);
  forEachIndex(
    labels.map((label) => sizes.get(label)!),
    (index) => {
      let product = 1;
      inputs.forEach((x, k) => {
        product *= x.data[index.reduce((at, i, axis) => at + i * steps[k][axis], 0)];
      });
      out.data[outStrides.reduce((at, stride, axis) => at + index[axis] * stride, 0)] += product;
    },
  );
  return out;
}
