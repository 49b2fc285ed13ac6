/** @file mixChannels: every pixel's channels through one matrix, and an offset for each. */
import { build, constant, Tensor, type Value } from "@noema/engine";

/**
 * As a matrix product: a convolution of one pixel takes twice as long, since ONNX Runtime fills three channels up to sixteen.
 *
 * @param pictures N×C×H×W
 * @param matrix one row per new channel
 */
export function mixChannels(
  pictures: Value,
  matrix: readonly (readonly number[])[],
  offset: readonly number[] = [],
): Value {
  const [batch, channels, height, width] = pictures.shape;
  const planes = build.reshape(pictures, [batch, channels, height * width]);
  const weights = constant(Tensor.ofNumbers("float32", [matrix.length, channels], matrix.flat()));
  const mixed = build.matmul(weights, planes);
  const moved = offset.every((v) => v === 0)
    ? mixed
    : build.add(mixed, constant(Tensor.ofNumbers("float32", [matrix.length, 1], offset)));
  return build.reshape(moved, [batch, matrix.length, height, width]);
}
