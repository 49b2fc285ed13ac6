/** @file untrained: a network of the same shape that has learned nothing: its weights are drawn anew. */
import { constant, Model, type Node, NoemaError, type Random, substitution, Tensor, type Value } from "@noema/engine";

type Draw = (weight: Tensor, node: Node, random: Random) => Float32Array;

/** He's weights: variance 2 / fan-in keeps the size of activations through ReLUs (He et al. 2015). */
const he =
  (fanIn: (dims: readonly number[], node: Node) => number): Draw =>
  ({ dims, size }, node, random) => {
    const deviation = Math.sqrt(2 / fanIn(dims, node));
    return Float32Array.from({ length: size }, () => deviation * random.normal());
  };

const product = (dims: readonly number[]) => dims.reduce((a, b) => a * b, 1);
const turned = (node: Node, name: string) => node.attributes[name]?.value === 1;

/** −1/√H … 1/√H of H hidden units, as recurrent networks begin in PyTorch; weights are directions × gates·H × inputs. */
const recurrent =
  (gates: number): Draw =>
  ({ dims, size }, _, random) => {
    const reach = 1 / Math.sqrt(dims[dims.length - 2] / gates);
    return Float32Array.from({ length: size }, () => reach * (2 * random.uniform() - 1));
  };

const zeros: Draw = ({ size }) => new Float32Array(size);
const ones: Draw = ({ size }) => new Float32Array(size).fill(1);

/** By operator, how each of its inputs begins. */
const draws: Readonly<Record<string, readonly (Draw | undefined)[]>> = {
  Conv: [undefined, he((dims) => product(dims.slice(1))), zeros],
  ConvTranspose: [undefined, he((dims) => product(dims) / dims[1]), zeros],
  MatMul: [he((dims) => dims[dims.length - 1]), he((dims) => dims[dims.length - 2])],
  Gemm: [
    he((dims, node) => dims[turned(node, "transA") ? 0 : 1]),
    he((dims, node) => dims[turned(node, "transB") ? 1 : 0]),
    zeros,
  ],
  BatchNormalization: [undefined, ones, zeros, zeros, ones],
  InstanceNormalization: [undefined, ones, zeros],
  LayerNormalization: [undefined, ones, zeros],
  GroupNormalization: [undefined, ones, zeros],
  LSTM: [undefined, recurrent(4), recurrent(4), zeros],
  GRU: [undefined, recurrent(3), recurrent(3), zeros],
  RNN: [undefined, recurrent(1), recurrent(1), zeros],
};

export interface Untrained {
  readonly model: Model;
  /** How many numbers were drawn anew, and how many constants of more than one axis stayed because nothing says how they began. */
  readonly redrawn: number;
  readonly kept: readonly string[];
}

/**
 * The control of what training has made: convolutions and products of He's weights, biases of 0, normalizations that leave what
 * they are given. Constants of other operators stay.
 *
 * @throws NoemaError STUDY_WEIGHTS: the network has no weight that could be drawn
 */
export function untrained(model: Model, random: Random): Untrained {
  const anew = new Map<Value, Value>();
  const others = new Map<Value, string>();
  let redrawn = 0;
  for (const { op, inputs, outputs, name } of model.layers) {
    const node = outputs.find((output) => output.node !== null)?.node;
    if (node === null || node === undefined) continue;
    inputs.forEach((value, i) => {
      const weight = value?.constant ?? null;
      if (value === null || weight === null || weight.dtype !== "float32" || anew.has(value)) return;
      const draw = draws[op]?.[i];
      // A product with a vector, such as a learned weighting, has no fan to speak of.
      const flat = weight.dims.length < 2;
      if (draw === undefined || (flat && (op === "MatMul" || (op === "Gemm" && i < 2)))) {
        if (!flat && weight.size > 1) others.set(value, `${op} "${name}"`);
        return;
      }
      const other = constant(Tensor.of("float32", weight.dims, draw(weight, node, random)));
      other.name = value.name;
      anew.set(value, other);
      redrawn += weight.size;
    });
  }
  if (redrawn === 0) {
    throw new NoemaError("STUDY_WEIGHTS", {
      where: "untrained network",
      found: "none of its operators has a weight that could be drawn anew",
      remedy: "A quantized network keeps its weights in other forms: take the one it was made from.",
    });
  }
  const now = substitution(anew);
  return {
    model: new Model({
      ...{ inputs: model.inputs, opset: model.opset, producer: model.producer, metadata: model.metadata },
      outputs: model.outputs.map(({ name, value }) => ({ name, value: now(value) })),
      layers: model.layers.map((layer) => ({
        ...layer,
        inputs: layer.inputs.map((value) => (value === null ? null : now(value))),
        outputs: layer.outputs.map(now),
      })),
      values: new Map(
        model.names.flatMap((name) => namedValue(model, name)).map(([name, value]) => [name, now(value)]),
      ),
    }),
    redrawn,
    kept: [...others].flatMap(([value, where]) => (anew.has(value) ? [] : [where])),
  };
}

/** Names of what could not be computed for these shapes are left out. */
function namedValue(model: Model, name: string): [string, Value][] {
  try {
    return [[name, model.value(name)]];
  } catch {
    return [];
  }
}
