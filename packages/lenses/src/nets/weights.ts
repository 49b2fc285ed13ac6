/** @file Trained weights as constants of a model: in full, or in eight bits each. */
import { constant, emit, Tensor, type Value } from "@noema/engine";
import type { WeightsOf } from "./task.js";

/** In single precision. */
export const fullWeights: WeightsOf = (weights) => mapped(weights, (name, tensor) => constant(tensor, name));

/**
 * In eight bits: whole numbers from −127 to 127 and a scale for each output (`DequantizeLinear`), a quarter of the size. What has
 * fewer than 1024 numbers, such as biases, stays as it is. ONNX Runtime multiplies them out once, when it opens the model.
 */
export const eightBitWeights: WeightsOf = (weights) =>
  mapped(weights, (name, tensor) =>
    tensor.dims.length < 2 || tensor.size < 1024 ? constant(tensor, name) : quantized(name, tensor),
  );

function mapped(
  weights: Readonly<Record<string, Tensor>>,
  make: (name: string, tensor: Tensor) => Value,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(weights).map(([name, tensor]) => [name, make(name, tensor)]));
}

/** Outputs are the columns of a dense layer's weights (inputs×outputs), and the first axis of a convolution's. */
function quantized(name: string, tensor: Tensor): Value {
  const { dims, size } = tensor;
  const data = tensor.data as Float32Array;
  const axis = dims.length === 2 ? 1 : 0;
  const outputs = dims[axis];
  const outputOf = dims.length === 2 ? (i: number) => i % outputs : (i: number) => Math.floor(i / (size / outputs));
  const largest = new Float32Array(outputs);
  for (let i = 0; i < size; i++) largest[outputOf(i)] = Math.max(largest[outputOf(i)], Math.abs(data[i]));
  const scales = largest.map((value) => (value === 0 ? 1 : value / 127));
  const whole = Int8Array.from(data, (value, i) => Math.round(value / scales[outputOf(i)]));
  return emit(
    "DequantizeLinear",
    [
      constant(Tensor.of("int8", dims, whole), `${name}.whole`),
      constant(Tensor.of("float32", [outputs], scales), `${name}.scale`),
      null,
    ],
    { axis },
  )[0];
}
