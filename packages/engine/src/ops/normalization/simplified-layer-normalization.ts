/** @file SimplifiedLayerNormalization: the name ONNX Runtime's optimizer gives RMSNormalization. */
import { emit } from "../../graph/emit.js";
import { defineImport, type ImportRule } from "../../graph/op.js";

const asRmsNormalization: ImportRule = ({ inputs: [x, scale], attributes: { axis, epsilon } }) =>
  emit("RMSNormalization", [x, scale], { axis, epsilon });

export const SimplifiedLayerNormalization = defineImport({
  name: "SimplifiedLayerNormalization",
  import: asRmsNormalization,
});

export const ContribSimplifiedLayerNormalization = defineImport({
  name: "SimplifiedLayerNormalization",
  domain: "com.microsoft",
  import: asRmsNormalization,
});
