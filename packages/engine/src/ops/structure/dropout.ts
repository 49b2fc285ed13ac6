/** @file Dropout: nothing is dropped once a network is trained, so it is read as its input; its mask is all ones. */
import { full } from "../../graph/builder.js";
import type { DType } from "../../graph/dtype.js";
import { emit, scalar } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";

function ones(x: Value, dtype: DType): Value {
  if (x.knownShape !== null) return full(x.shape, 1, dtype);
  return emit("Expand", [scalar(1, dtype), emit("Shape", [x])[0]])[0];
}

export const Dropout = defineImport({
  name: "Dropout",
  import: ({ label, opset, inputs: [x, ratio, training], outputCount }) => {
    const isOff = !training || (training.constant !== null && training.constant.toNumbers()[0] === 0);
    const dropsNothing = ratio?.constant && ratio.constant.toNumbers()[0] === 0;
    if (!isOff && !dropsNothing) {
      throw new NoemaError("DROPOUT_TRAINING", {
        where: label,
        found: training.constant ? "its training_mode is on" : "its training_mode is computed while running",
        needed: "networks are run as they are when trained",
        remedy: "Export the model in evaluation mode.",
      });
    }
    // Before opset 10 the mask had the element type of the input.
    return outputCount < 2 ? [x] : [x, ones(x!, opset < 10 ? x!.dtype : "bool")];
  },
});
