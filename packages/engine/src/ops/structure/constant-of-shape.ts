/** @file ConstantOfShape: an array of the given dimensions filled with one number. */
import { tensor } from "../../graph/attribute.js";
import { knownNumbers } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { nd } from "../../graph/nd.js";
import { defineOp } from "../../graph/op.js";
import { sizeOf, Tensor } from "../../graph/tensor.js";
import { typeWithoutShape } from "../../graph/value.js";
import { known } from "../case.js";

/** What fills the array where the model does not say. */
const zero = Tensor.ofNumbers("float32", [1], [0]);

export const ConstantOfShape = defineOp({
  name: "ConstantOfShape",
  since: 9,
  attributes: { value: tensor(zero) },
  shape: ([shape], { value }) => {
    if (value.size !== 1) {
      throw new NoemaError("ATTRIBUTE_VALUE", {
        found: `a value of shape [${value.dims.join(", ")}]`,
        needed: "one number",
      });
    }
    if (shape.constant !== null) return [{ dtype: value.dtype, shape: knownNumbers(shape, "the shape") }];
    const failure = new NoemaError("SHAPE_UNKNOWN", {
      where: "ConstantOfShape",
      found: "the shape is computed while running",
      needed: "it must follow from the shapes of the inputs",
    });
    return [typeWithoutShape(value.dtype, failure)];
  },
  gradient: "zero",
  oracle: ([shape], { value }) => {
    const dims = [...shape.data];
    return [nd(dims, new Float64Array(sizeOf(dims)).fill(value.toNumbers()[0]))];
  },
  cases: [
    { inputs: [known([2, 3])] },
    { inputs: [known([200, 300])], attributes: { value: Tensor.ofNumbers("float32", [1], [1.5]) }, note: "not folded" },
    { inputs: [known([200, 300])], attributes: { value: Tensor.ofNumbers("int64", [1], [-2]) }, note: "integers" },
    { inputs: [known([], [0])], note: "scalar" },
  ],
});
