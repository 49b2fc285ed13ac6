/** @file A small convolutional network with fixed weights, for tests: pictures N×3×H×W in, `features`, `logits` out. */
import { build, constant, emit, input, type Model, readModel, seededRandom, Tensor, writeModel } from "@noema/engine";
import type { Preprocessing } from "./preprocessing.js";

export const plainRgb: Preprocessing = {
  layout: "NCHW",
  channels: "RGB",
  range: [0, 1],
  mean: [0, 0, 0],
  scale: [1, 1, 1],
};

/** Its bytes, as a file would hold them. `features` has 6 channels, `logits` 5 units. */
function tinyNetworkBytes(batch: number, height: number, width: number): Uint8Array {
  const random = seededRandom(3);
  const weight = (...dims: number[]) => {
    const spread = Math.sqrt(2 / dims.slice(1).reduce((a, b) => a * b));
    const size = dims.reduce((a, b) => a * b);
    return constant(
      Tensor.ofNumbers(
        "float32",
        dims,
        Float64Array.from({ length: size }, () => spread * random.normal()),
      ),
    );
  };
  const pixels = input("pixels", [batch, 3, height, width]);
  const edges = emit("Conv", [pixels, weight(6, 3, 3, 3)], { pads: [1, 1, 1, 1] })[0];
  const features = build.relu(edges);
  features.name = "features";
  const logits = build.matmul(build.reduceMean(features, [2, 3], { keepdims: false }), weight(6, 5));
  logits.name = "logits";
  return writeModel({ inputs: { pixels }, outputs: { logits, features } }).bytes;
}

export function tinyNetwork(batch: number, height: number, width: number): Model {
  return readModel(tinyNetworkBytes(batch, height, width));
}
