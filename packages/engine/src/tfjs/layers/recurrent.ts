/** @file Keras layers over time: SimpleRNN, GRU, LSTM, both directions at once, and a layer applied to every step. */
import { add, concat, mul, slice } from "../../graph/builder.js";
import { constant, emit } from "../../graph/emit.js";
import { unknownName } from "../../graph/error.js";
import { Tensor } from "../../graph/tensor.js";
import type { Value } from "../../graph/value.js";
import { float } from "../features.js";
import { permute, reshaped } from "../rearrange.js";
import { Twin } from "../twin.js";
import { type LayerCall, LayerConfig, type LayerDef, type LayerRules } from "./call.js";

interface Cell {
  /** The ONNX operator. */
  readonly op: "RNN" | "GRU" | "LSTM";
  /** ONNX's order of gates, in places of Keras' order. */
  readonly gates: readonly number[];
  /** Which activation each function of the operator is. */
  readonly functions: readonly ("activation" | "recurrent_activation")[];
}

const cells: Readonly<Record<string, Cell>> = {
  SimpleRNN: { op: "RNN", gates: [0], functions: ["activation"] },
  // Keras and ONNX both: update, reset, candidate.
  GRU: { op: "GRU", gates: [0, 1, 2], functions: ["recurrent_activation", "activation"] },
  // Keras: input, forget, candidate, output. ONNX: input, output, forget, candidate.
  LSTM: { op: "LSTM", gates: [0, 3, 1, 2], functions: ["recurrent_activation", "activation", "activation"] },
};

/** ONNX's names of activations inside cells. */
const cellActivations: Readonly<Record<string, string>> = {
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  hardsigmoid: "HardSigmoid",
  relu: "Relu",
  linear: "Affine",
  elu: "Elu",
  softsign: "Softsign",
  softplus: "Softplus",
};

function cellActivation(call: LayerCall, field: string): string {
  const name = call.config.string(field, field === "activation" ? "tanh" : "hard_sigmoid");
  const found = cellActivations[name.toLowerCase().replaceAll("_", "")];
  if (found === undefined)
    throw unknownName("ACTIVATION_UNSUPPORTED", "activation", name, Object.keys(cellActivations));
  return found;
}

/** A kernel I×(gates·H), as 1×(gates·H)×I with the gates in ONNX's order. */
function gateRows(kernel: Value, gates: readonly number[], units: number): Value {
  const tensor = kernel.constant!;
  const [inputs, width] = tensor.dims;
  return constant(
    Tensor.lazy("float32", [1, width, inputs], () => {
      const [from, to] = [tensor.data, new Float32Array(tensor.size)];
      gates.forEach((gate, g) => {
        for (let h = 0; h < units; h++) {
          for (let i = 0; i < inputs; i++) {
            to[(g * units + h) * inputs + i] = Number(from[i * width + gate * units + h]);
          }
        }
      });
      return to;
    }),
    kernel.name,
  );
}

/** Biases of the input and of the recurrence, as 1×(2·gates·H); Keras has one row, or two. */
function biasRow(bias: Value, gates: readonly number[], units: number): Value {
  const tensor = bias.constant!;
  const width = gates.length * units;
  return constant(
    Tensor.lazy("float32", [1, 2 * width], () => {
      const [from, to] = [tensor.data, new Float32Array(2 * width)];
      for (let row = 0; row < tensor.size / width; row++) {
        gates.forEach((gate, g) => {
          for (let h = 0; h < units; h++)
            to[row * width + g * units + h] = Number(from[row * width + gate * units + h]);
        });
      }
      return to;
    }),
    bias.name,
  );
}

const backwards = (x: Value): Value => slice(x, [2 ** 62], [-(2 ** 62)], [1], [-1]);

/**
 * What one direction gives: the sequence N×T×H or the last state N×H, then the states where they are returned.
 *
 * @param aligned the sequence stays in the order of the input, where Keras gives it as it was walked
 */
function recur(call: LayerCall, aligned = false): Value[] {
  const { config } = call;
  const cell = cells[call.className];
  const units = config.number("units", 1);
  const x = float(call.x.own);
  const [batch, steps] = x.shape;
  const bias = call.bias;
  const state = (index: number): Value | null => {
    const given = call.inputs[index];
    return given === undefined ? null : reshaped(given.own, [1, batch, units]);
  };
  const operands = [
    permute(x, [1, 0, 2]),
    gateRows(call.weight("kernel"), cell.gates, units),
    gateRows(call.weight("recurrent_kernel"), cell.gates, units),
    bias === null ? null : biasRow(bias, cell.gates, units),
    null,
    state(1),
    ...(cell.op === "LSTM" ? [state(2)] : []),
  ];
  const reverse = config.boolean("go_backwards", false);
  const outputs = cell.op === "LSTM" ? 3 : 2;
  const [sequence, ...last] = emit(
    cell.op,
    operands,
    {
      hidden_size: units,
      direction: reverse ? "reverse" : "forward",
      activations: cell.functions.map((field) => cellActivation(call, field)),
      linear_before_reset: cell.op === "GRU" ? Number(config.boolean("reset_after", false)) : undefined,
    },
    { outputs },
  );
  const states = last.map((s) => reshaped(s, [batch, units]));
  const walked = () => {
    const rows = permute(reshaped(sequence, [steps, batch, units]), [1, 0, 2]);
    return reverse && !aligned ? backwards(rows) : rows;
  };
  const result = config.boolean("return_sequences", false) ? walked() : states[0];
  return config.boolean("return_state", false) ? [result, ...states] : [result];
}

function bidirectional(call: LayerCall): Twin[] {
  const layer = call.inner("layer");
  if (!Object.hasOwn(cells, layer.className)) {
    throw call.refuse(`both directions of ${layer.className}`, `${Object.keys(cells).join(", ")} are known`);
  }
  const [x, ...states] = call.inputs;
  const half = states.length / 2;
  const flipped: LayerDef = {
    ...layer,
    config: new LayerConfig({ ...layer.config.raw, go_backwards: !layer.config.boolean("go_backwards", false) }),
  };
  const [forward, ...forwardStates] = recur(call.within(layer, [x, ...states.slice(0, half)], `forward_${layer.name}`));
  const [backward, ...backwardStates] = recur(
    call.within(flipped, [x, ...states.slice(half)], `backward_${layer.name}`),
    true,
  );
  const mode = call.config.raw.merge_mode === null ? "none" : call.config.string("merge_mode", "concat");
  const merged = merge(call, mode, forward, backward);
  return [...merged, ...forwardStates, ...backwardStates].map((value) => Twin.own(value));
}

function merge(call: LayerCall, mode: string, forward: Value, backward: Value): Value[] {
  if (mode === "concat") return [concat([forward, backward], forward.rank - 1)];
  if (mode === "sum") return [add(forward, backward)];
  if (mode === "ave") return [mul(add(forward, backward), 0.5)];
  if (mode === "mul") return [mul(forward, backward)];
  if (mode === "none") return [forward, backward];
  throw call.refuse(`merge_mode "${mode}"`, "concat, sum, ave, mul and none are known");
}

/** The same layer on every step: steps become batches. */
function timeDistributed(call: LayerCall): Twin {
  const layer = call.inner("layer");
  if (Object.hasOwn(cells, layer.className)) throw call.refuse(`${layer.className} on every step`);
  const x = call.x.own;
  const [batch, steps, ...rest] = x.shape;
  const [y] = call.apply(layer, [Twin.own(reshaped(x, [batch * steps, ...rest]))]);
  return Twin.own(reshaped(y.own, [batch, steps, ...y.shape.slice(1)]));
}

const recurrent = (call: LayerCall): Twin[] => recur(call).map((value) => Twin.own(value));

export const recurrentLayers: LayerRules = {
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  Bidirectional: bidirectional,
  TimeDistributed: timeDistributed,
};
