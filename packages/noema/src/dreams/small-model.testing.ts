/** @file A small network with fixed weights as a file, for tests: N×3×H×W in, `features` (6 channels), `logits` (5). */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, constant, emit, input, Tensor, writeModel } from "@noema/engine";

/** Writes it, and a sidecar, into a folder; `channels` other than 3 make a network for pictures of so many channels. */
export function writeSmallModel(folder: string, { name = "small", phase = 0, channels = 3, side = 24 } = {}): string {
  const wave = (count: number, by: number) =>
    Float32Array.from({ length: count }, (_, i) => Math.sin((i + phase) * by));
  const pixels = input("pixels", [1, channels, side, side]);
  const kernel = constant(Tensor.of("float32", [6, channels, 3, 3], wave(54 * channels, 12.9898)));
  const features = build.relu(emit("Conv", [pixels, kernel], { pads: [1, 1, 1, 1] })[0]);
  features.name = "features";
  const weight = constant(Tensor.of("float32", [6, 5], wave(30, 78.233)));
  const logits = build.matmul(build.reduceMean(features, [2, 3], { keepdims: false }), weight);
  logits.name = "logits";
  const file = join(folder, `${name}.onnx`);
  writeFileSync(file, writeModel({ inputs: { pixels }, outputs: { features, logits } }).bytes);
  const each = (value: number) => Array.from({ length: channels }, () => value);
  const order = channels === 3 ? "RGB" : channels === 1 ? "grey" : channels;
  const sidecar = { layout: "NCHW", channels: order, range: [0, 1], mean: each(0), scale: each(1) };
  writeFileSync(join(folder, `${name}.noema.json`), JSON.stringify(sidecar));
  return file;
}
