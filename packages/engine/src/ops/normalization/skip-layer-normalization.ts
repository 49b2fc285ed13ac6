/** @file SkipLayerNormalization, SkipSimplifiedLayerNormalization: a residual sum and its normalization, read as these two. */
import { add } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport, type ImportCall } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";

/** What both use where the attribute is missing (ONNX Runtime's contrib operator documentation). */
const defaultEpsilon = 1e-12;

function residual({ label, inputs }: ImportCall, bias: Value | null | undefined): Value {
  const [x, skip] = inputs;
  if (!x || !skip) throw new NoemaError("OPERATOR_INPUTS", { where: label, found: "an input is missing" });
  const sum = add(x, skip);
  return bias ? add(sum, bias) : sum;
}

export const SkipLayerNormalization = defineImport({
  name: "SkipLayerNormalization",
  domain: "com.microsoft",
  import: (call) => {
    const [, , scale, shift, bias] = call.inputs;
    const sum = residual(call, bias);
    const epsilon = call.attributes.epsilon ?? defaultEpsilon;
    return [emit("LayerNormalization", [sum, scale, shift], { epsilon })[0], null, null, sum];
  },
});

export const SkipSimplifiedLayerNormalization = defineImport({
  name: "SkipSimplifiedLayerNormalization",
  domain: "com.microsoft",
  import: (call) => {
    const [, , scale, bias] = call.inputs;
    const sum = residual(call, bias);
    const epsilon = call.attributes.epsilon ?? defaultEpsilon;
    return [emit("RMSNormalization", [sum, scale], { epsilon })[0], null, null, sum];
  },
});
