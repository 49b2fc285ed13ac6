/**
 * @file GroupNormalization: channels normalized in groups. Read as InstanceNormalization of the groups, as exporters write
 * it themselves: ONNX Runtime would take it apart into a dozen steps.
 */
import { add, full, mul, reshape } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { defineImport } from "../../graph/op.js";

export const GroupNormalization = defineImport({
  name: "GroupNormalization",
  import: ({ label, opset, inputs: [x, scale, bias], attributes }) => {
    if (x?.knownShape === null) return undefined;
    const groups = Number(attributes.num_groups);
    if (!x || !scale || !bias || !(groups > 0) || x.rank < 3 || x.shape[1] % groups !== 0) {
      throw new NoemaError("NORMALIZATION_SHAPE", {
        where: label,
        found: `input [${x?.shape.join(", ")}] in ${groups} groups`,
        needed: "N×C×spatial with C a multiple of num_groups, a scale and a bias",
      });
    }
    const [n, c] = x.shape;
    // Before opset 21 scale and bias had one number per group, since then one per channel.
    const perGroup = opset < 21;
    const rows = reshape(x, [n, groups, x.size / (n * groups)]);
    const [scaleOfGroup, biasOfGroup] = perGroup ? [scale, bias] : [full([groups], 1), full([groups], 0)];
    const epsilon = attributes.epsilon;
    const normal = reshape(emit("InstanceNormalization", [rows, scaleOfGroup, biasOfGroup], { epsilon })[0], x.shape);
    if (perGroup) return [normal];
    const channel = [c, ...x.shape.slice(2).map(() => 1)];
    return [add(mul(normal, reshape(scale, channel)), reshape(bias, channel))];
  },
});
