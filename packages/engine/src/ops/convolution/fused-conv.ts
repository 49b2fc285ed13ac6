/** @file FusedConv: what ONNX Runtime's optimizer makes of a Conv, a sum and an activation; read as these. */
import { add } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { defineImport } from "../../graph/op.js";
import { fusedActivation } from "../fused-activation.js";

export const FusedConv = defineImport({
  name: "FusedConv",
  domain: "com.microsoft",
  import: ({ label, inputs, attributes }) => {
    const { activation, activation_params: parameters, ...own } = attributes;
    const [x, weights, bias, summand] = inputs;
    const product = emit("Conv", [x, weights, bias], own)[0]!;
    const sum = summand ? add(product, summand) : product;
    return [fusedActivation(sum, activation as string | undefined, parameters as readonly number[] | undefined, label)];
  },
});
