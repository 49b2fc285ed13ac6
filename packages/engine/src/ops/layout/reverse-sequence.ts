/** @file ReverseSequence: of each sequence in a batch, the first `sequence_lens` elements in reverse order. */
import { int } from "../../graph/attribute.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { flatIndex, fromIndex, stridesOf } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { fed, known, uniform } from "../case.js";

export const ReverseSequence = defineOp({
  name: "ReverseSequence",
  since: 10,
  attributes: { batch_axis: int(1), time_axis: int(0) },
  shape: ([x, lengths], { batch_axis: batch, time_axis: time }) => {
    if (x.rank < 2 || batch + time !== 1 || batch * time !== 0) {
      throw new NoemaError("AXIS_RANGE", {
        found: `batch_axis ${batch} and time_axis ${time} of an input with ${x.rank} axes`,
        needed: "one is 0 and the other 1",
      });
    }
    if (lengths.rank !== 1 || lengths.shape[0] !== x.shape[batch]) {
      throw new NoemaError("SEQUENCE_LENGTHS", {
        found: `sequence_lens [${lengths.shape.join(", ")}]`,
        needed: `one for each of ${x.shape[batch]} sequences`,
      });
    }
    return [{ dtype: x.dtype, shape: x.shape }];
  },
  // It is its own inverse, and its own transpose.
  gradient: ({ inputs: [, lengths], outputGradients: [g], attributes }) =>
    emit("ReverseSequence", [g, lengths], attributes),
  oracle: ([x, lengths], { batch_axis: batch, time_axis: time }) => {
    const strides = stridesOf(x.dims);
    return [
      fromIndex(x.dims, (index) => {
        const length = lengths.data[index[batch]];
        const source = [...index];
        if (index[time] < length) source[time] = length - 1 - index[time];
        return x.data[flatIndex(source, strides)];
      }),
    ];
  },
  cases: [
    { inputs: [uniform([4, 3]), known([4, 1, 2])] },
    { inputs: [uniform([2, 4, 2]), fed([3, 4])], attributes: { batch_axis: 0, time_axis: 1 } },
  ],
});
