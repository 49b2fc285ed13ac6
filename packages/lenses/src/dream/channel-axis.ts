/** @file Which axis of a layer counts its channels. */
import { NoemaError, type Value } from "@noema/engine";

const channelsSecond = new Set([
  "AveragePool",
  "BatchNormalization",
  "Conv",
  "ConvTranspose",
  "GlobalAveragePool",
  "GlobalMaxPool",
  "GroupNormalization",
  "InstanceNormalization",
  "LRN",
  "MaxPool",
  "Resize",
]);

const channelsLast = new Set(["Gemm", "LayerNormalization", "MatMul", "SkipLayerNormalization"]);

/** How many nodes that decide nothing, such as activations, are looked through. */
const maxSteps = 64;

/**
 * The axis of the channels of a layer, whose first axis is the batch: the second where convolutions and their kin made it,
 * the last where matrix products did. Convolutions of pictures count as the rule for layers that nothing tells of.
 *
 * @throws NoemaError LAYER_NO_CHANNELS where there is no such axis
 */
export function channelAxis(layer: Value): number {
  if (layer.rank < 2) {
    throw new NoemaError("LAYER_NO_CHANNELS", {
      where: `layer "${layer.name}"`,
      found: `its shape is [${layer.shape.join(", ")}]`,
      needed: "a batch and channels are two axes at least",
    });
  }
  let axis: number | undefined;
  // Axes are followed upwards through transposes: `back[i]` is the layer's axis that is axis i of the value at hand.
  let back = [...layer.shape.keys()];
  let value = layer;
  for (let step = 0; step < maxSteps && axis === undefined; step++) {
    const { node } = value;
    if (node === null || value.knownShape === null || value.rank !== layer.rank) break;
    if (channelsSecond.has(node.op)) axis = back[1];
    else if (channelsLast.has(node.op)) axis = back[value.rank - 1];
    else if (node.op === "Transpose") {
      const perm = node.attributes.perm?.value as readonly number[] | undefined;
      const order = perm ?? [...back.keys()].reverse();
      const before = back;
      back = before.map((_, i) => before[order.indexOf(i)]);
    }
    const next = node.inputs.find((v) => v !== null && v.constant === null && v.knownShape?.length === layer.rank);
    if (!next) break;
    value = next;
  }
  return axis ?? (layer.rank === 3 ? 2 : 1);
}
