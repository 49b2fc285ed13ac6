/** @file A small network of every kind of layer that pictures meet, with seeded weights. */
import { build, constant, emit, input, Tensor, type Value, writeModel } from "@noema/engine";

/** A generator of numbers in 0…1 (mulberry32, Tommy Ettinger 2017). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** x: 1×3×48×48, −1..1. */
const inputShape: readonly number[] = [1, 3, 48, 48];

/** A picture of noise. */
export function noise(seed: number): Float32Array {
  const random = generator(seed);
  return Float32Array.from({ length: inputShape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1);
}

/** The network as an ONNX file: input x, output y of 10 probabilities. */
export function seededNetwork(): Uint8Array {
  const random = generator(1);
  const weight = (dims: readonly number[], low = -1, high = 1) => {
    const fanIn = Math.max(
      1,
      dims.slice(1).reduce((a, b) => a * b, 1),
    );
    const scale = low === -1 ? Math.sqrt(3 / fanIn) : 1;
    const size = dims.reduce((a, b) => a * b, 1);
    const numbers = Float32Array.from({ length: size }, () => scale * (low + (high - low) * random()));
    return constant(Tensor.of("float32", dims, numbers));
  };
  const one = (op: string, inputs: readonly Value[], attributes = {}) => emit(op, inputs, attributes)[0]!;
  const conv = (x: Value, channels: number, size: number, attributes: Record<string, number | number[]> = {}) => {
    const group = (attributes.group as number | undefined) ?? 1;
    const w = weight([channels, x.shape[1]! / group, size, size]);
    return one("Conv", [x, w, weight([channels])], { pads: new Array(4).fill(size >> 1), ...attributes });
  };
  const normalized = (x: Value) => {
    const c = [x.shape[1]!];
    return one("BatchNormalization", [x, weight(c, 0.5, 1.5), weight(c), weight(c), weight(c, 0.5, 1.5)]);
  };

  const x = input("x", inputShape);
  const stem = build.relu(normalized(conv(x, 16, 7, { strides: [2, 2] })));
  const pooled = one("MaxPool", [stem], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  const local = one("LRN", [pooled], { size: 5, alpha: 0.1, beta: 0.75, bias: 1 });
  const branches = [
    build.relu(conv(local, 8, 1)),
    build.relu(conv(local, 16, 3, { group: 2 })),
    one("LeakyRelu", [conv(one("AveragePool", [local], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }), 8, 1)]),
  ];
  const joined = build.concat(branches, 1);
  const residual = build.add(joined, build.tanh(conv(joined, 32, 3)));
  const depthwise = one("HardSwish", [normalized(conv(residual, 32, 3, { group: 32, strides: [2, 2] }))]);
  const up = build.sigmoid(one("ConvTranspose", [depthwise, weight([32, 6, 2, 2])], { strides: [2, 2] }));
  const flat = build.reshape(one("GlobalAveragePool", [build.concat([up, residual], 1)]), [1, 38]);
  const y = build.softmax(one("Gemm", [flat, weight([10, 38], -3, 3), weight([10])], { transB: 1 }), 1);
  return writeModel({ inputs: { x }, outputs: { y } }).bytes;
}
