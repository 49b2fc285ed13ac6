/** @file EmbedLayerNormalization: the sum of word, position and segment embeddings, normalized; read as these steps. */
import { add, full, gather, reduceSum } from "../../graph/builder.js";
import { emit, intsValue } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport } from "../../graph/op.js";

export const EmbedLayerNormalization = defineImport({
  name: "EmbedLayerNormalization",
  domain: "com.microsoft",
  import: ({ label, inputs, attributes }) => {
    const [ids, segments, words, positions, segmentTable, scale, shift, mask, positionIds] = inputs;
    if (ids?.knownShape === null) return undefined;
    if (!ids || !words || !positions || !scale || !shift || ids.rank !== 2) {
      throw new NoemaError("OPERATOR_INPUTS", {
        where: label,
        found: "an input is missing or of the wrong rank",
        needed: "ids N×T, tables of words and positions, scale and bias",
      });
    }
    const [batch, length] = ids.shape;
    const places = positionIds ?? intsValue(Array.from({ length }, (_, i) => i));
    let sum = add(gather(words, ids, 0), gather(positions, places, 0));
    if (segments && segmentTable) sum = add(sum, gather(segmentTable, segments, 0));
    const [y] = emit("LayerNormalization", [sum, scale, shift], { epsilon: attributes.epsilon ?? 1e-12 });
    const lengths = mask ? reduceSum(mask, [1], { keepdims: false }) : full([batch], 0, "int32");
    return [y, lengths, sum];
  },
});
