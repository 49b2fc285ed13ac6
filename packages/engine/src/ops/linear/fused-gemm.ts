/** @file FusedGemm: what ONNX Runtime's optimizer makes of a Gemm and an activation; read as these. */
import { emit } from "../../graph/emit.js";
import { defineImport } from "../../graph/op.js";
import { fusedActivation } from "../fused-activation.js";

export const FusedGemm = defineImport({
  name: "FusedGemm",
  domain: "com.microsoft",
  import: ({ label, inputs, attributes }) => {
    const { activation, activation_alpha, activation_beta, activation_gamma, ...own } = attributes;
    const given = [activation_alpha, activation_beta ?? activation_gamma] as (number | undefined)[];
    return [fusedActivation(emit("Gemm", inputs, own)[0]!, activation as string | undefined, given, label)];
  },
});
