/** @file Split: cuts x along an axis into pieces: of given sizes, or of equal size, the last one taking what remains. */
import { int } from "../../graph/attribute.js";
import { concat } from "../../graph/builder.js";
import { emit, intsValue, knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { forEachIndex, ndZeros } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { resolveAxis } from "../axes.js";
import { known, uniform } from "../case.js";

/** Sizes of the pieces, as opset 18 has it: `count` equal ones, the last smaller. */
function evenSizes(dim: number, count: number): number[] {
  const size = Math.ceil(dim / count);
  const sizes = new Array<number>(count).fill(size);
  sizes[count - 1] = dim - size * (count - 1);
  if (sizes[count - 1] < 0) throw sizesWrong(sizes, dim);
  return sizes;
}

function sizesWrong(sizes: readonly number[], dim: number): NoemaError {
  return new NoemaError("SPLIT_SIZES", {
    found: `pieces of sizes [${sizes.slice(0, 16).join(", ")}]`,
    needed: `they must add up to ${dim}`,
  });
}

function checked(sizes: readonly number[], dim: number, count: number): readonly number[] {
  const sum = sizes.reduce((a, b) => a + b, 0);
  if (sum !== dim || sizes.some((size) => size < 0)) throw sizesWrong(sizes, dim);
  if (sizes.length !== count) {
    throw new NoemaError("SPLIT_SIZES", { found: `${sizes.length} sizes`, needed: `there are ${count} outputs` });
  }
  return sizes;
}

export const Split = defineOp({
  name: "Split",
  since: 18,
  attributes: { axis: int(0), num_outputs: int() },
  shape: ([x, split], { axis: axisGiven, num_outputs }, count) => {
    const axis = resolveAxis(axisGiven, x.rank);
    const dim = x.shape[axis];
    if (num_outputs !== undefined && num_outputs !== count) {
      throw new NoemaError("SPLIT_SIZES", {
        found: `num_outputs ${num_outputs}`,
        needed: `there are ${count} outputs`,
      });
    }
    const sizes = checked(split ? knownNumbers(split, "the sizes of the pieces") : evenSizes(dim, count), dim, count);
    return sizes.map((size) => ({ dtype: x.dtype, shape: x.shape.map((d, i) => (i === axis ? size : d)) }));
  },
  gradient: ({ inputs: [x], outputGradients, attributes: { axis } }) => [
    concat(outputGradients, resolveAxis(axis, x.rank)),
  ],
  oracle: ([x, split], { axis: axisGiven }, types) => {
    const axis = resolveAxis(axisGiven, x.dims.length);
    const sizes = split ? [...split.data] : evenSizes(x.dims[axis], types.length);
    const inner = x.dims.slice(axis + 1).reduce((a, b) => a * b, 1);
    let begin = 0;
    return sizes.map((size) => {
      const y = ndZeros(x.dims.map((d, i) => (i === axis ? size : d)));
      forEachIndex(x.dims.slice(0, axis), (_, row) => {
        const from = (row * x.dims[axis] + begin) * inner;
        y.data.set(x.data.subarray(from, from + size * inner), row * size * inner);
      });
      begin += size;
      return y;
    });
  },
  cases: [
    { inputs: [uniform([2, 5]), known([2, 0, 3])], attributes: { axis: 1 }, outputs: 3 },
    { inputs: [uniform([6, 2])], attributes: { num_outputs: 3 }, outputs: 3, note: "equal pieces" },
    { inputs: [uniform([2, 7])], attributes: { axis: -1, num_outputs: 3 }, outputs: 3, note: "uneven pieces" },
    { inputs: [uniform([2, 2]), known([2])], outputs: 1, note: "one piece" },
  ],
  import: (call) => {
    const [x, given] = call.inputs;
    const axis = (call.attributes.axis as number | undefined) ?? 0;
    const { split } = call.attributes;
    const outputs = call.outputCount;
    const canonical = (sizes: readonly number[]) => emit("Split", [x, intsValue(sizes)], { axis }, { outputs });
    if (Array.isArray(split)) return canonical(split as readonly number[]);
    if (given) return undefined;
    if (!x?.knownShape) return emit("Split", [x], { axis, num_outputs: outputs }, { outputs });
    const dim = x.shape[resolveAxis(axis, x.rank)];
    const sizes = evenSizes(dim, outputs);
    if (call.opset < 18 && sizes[outputs - 1] !== sizes[0]) {
      throw new NoemaError("SPLIT_SIZES", {
        where: call.label,
        found: `${dim} elements along axis ${axis}`,
        needed: `${outputs} equal pieces`,
      });
    }
    return canonical(sizes);
  },
});
