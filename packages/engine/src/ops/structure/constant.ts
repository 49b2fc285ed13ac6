/** @file Constant: a tensor that stands in the model as a node. Reading makes it a constant like any other. */
import type { AttributeValue } from "../../graph/attribute.js";
import type { DType } from "../../graph/dtype.js";
import { constant } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport, type ImportCall } from "../../graph/op.js";
import { Tensor } from "../../graph/tensor.js";

type Reader = (value: AttributeValue) => Tensor;

const numbers =
  (dtype: DType): Reader =>
  (value) => {
    if (typeof value === "number") return Tensor.ofNumbers(dtype, [], [value]);
    if (Array.isArray(value)) return Tensor.ofNumbers(dtype, [value.length], value as number[]);
    throw new TypeError("numbers are needed");
  };

const readers: Readonly<Record<string, Reader>> = {
  value: (value) => {
    if (value instanceof Tensor) return value;
    throw new TypeError("a tensor is needed");
  },
  value_float: numbers("float32"),
  value_floats: numbers("float32"),
  value_int: numbers("int64"),
  value_ints: numbers("int64"),
};

function tensorOf({ label, attributes }: ImportCall): Tensor {
  for (const [name, value] of Object.entries(attributes)) {
    const read = readers[name];
    if (read !== undefined && value !== undefined) return read(value);
  }
  const names = Object.keys(attributes);
  throw new NoemaError("CONSTANT_KIND", {
    where: label,
    found: names.length === 0 ? "it has no value" : `its value is given as "${names.join('", "')}"`,
    needed: `one of ${Object.keys(readers).join(", ")} is read: dense numbers, neither text nor sparse tensors`,
  });
}

export const Constant = defineImport({
  name: "Constant",
  import: (call) => [constant(tensorOf(call))],
});
