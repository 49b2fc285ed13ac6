/** @file What RNN, GRU and LSTM have in common: their inputs, shapes and layouts. */
import { float, floats, int, string, strings } from "../../graph/attribute.js";
import { transpose } from "../../graph/builder.js";
import { emit } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import type { ImportCall } from "../../graph/op.js";
import type { Value, ValueType } from "../../graph/value.js";
import { refuseEmpty } from "../refuse-empty.js";
import { directionsOf } from "./cell-activations.js";

/** Attributes that all three have. ONNX Runtime insists on `hidden_size`, though it follows from R. */
export const cellAttributes = {
  activations: strings(),
  activation_alpha: floats(),
  activation_beta: floats(),
  clip: float(),
  direction: string("forward"),
  hidden_size: int.required(),
  layout: int(0),
};

/** Positions of the inputs: X, W, R, B, sequence_lens, initial_h, initial_c (LSTM), P (LSTM). */
const inputNames = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"] as const;

/** Sizes of one layer: T steps, batch N, input I, hidden H, directions D. */
export interface CellSizes {
  readonly steps: number;
  readonly batch: number;
  readonly input: number;
  readonly hidden: number;
  readonly directions: number;
}

/** The sizes, from the inputs. Throws where an input does not fit the others. */
export function cellSizes(
  inputs: readonly (Value | null | undefined)[],
  gates: number,
  attributes: { direction: string; hidden_size: number; layout: number },
): CellSizes {
  refuseEmpty(inputs);
  if (attributes.layout !== 0) {
    throw new NoemaError("RECURRENT_LAYOUT", {
      found: `layout ${attributes.layout}`,
      needed: "graphs hold layout 0, steps first; reading a model puts Transposes around the others",
    });
  }
  const directions = directionsOf(attributes.direction).length;
  const [x, w, r] = inputs as readonly Value[];
  if (x!.rank !== 3) {
    throw new NoemaError("RECURRENT_SHAPES", {
      found: `X has shape [${x!.shape.join(", ")}]`,
      needed: "three axes are needed: steps, batch, input",
    });
  }
  const [steps, batch, input] = x!.shape as [number, number, number];
  const hidden = r!.shape[2]!;
  if (attributes.hidden_size !== hidden) {
    throw new NoemaError("RECURRENT_SHAPES", {
      found: `hidden_size is ${attributes.hidden_size}`,
      needed: `R has shape [${r!.shape.join(", ")}]`,
    });
  }
  const needed = [
    undefined,
    [directions, gates * hidden, input],
    [directions, gates * hidden, hidden],
    [directions, 2 * gates * hidden],
    [batch],
    [directions, batch, hidden],
    [directions, batch, hidden],
    [directions, 3 * hidden],
  ];
  inputs.forEach((v, i) => {
    if (v && needed[i] !== undefined && v.shape.join() !== needed[i].join()) {
      throw new NoemaError("RECURRENT_SHAPES", {
        found: `${inputNames[i]} has shape [${v.shape.join(", ")}]`,
        needed: `[${needed[i].join(", ")}] with X [${x!.shape.join(", ")}], hidden size ${hidden}, ${attributes.direction}`,
      });
    }
  });
  if (w!.rank !== 3 || steps < 1) {
    throw new NoemaError("RECURRENT_SHAPES", { found: `${steps} steps`, needed: "at least one is needed" });
  }
  return { steps, batch, input, hidden, directions };
}

/** Types of Y, Y_h and, for LSTM, Y_c. */
export function cellTypes(sizes: CellSizes, outputCount: number): ValueType[] {
  const { steps, batch, hidden, directions } = sizes;
  const last = [directions, batch, hidden];
  const all: ValueType[] = [
    { dtype: "float32", shape: [steps, directions, batch, hidden] },
    { dtype: "float32", shape: last },
    { dtype: "float32", shape: last },
  ];
  return all.slice(0, outputCount);
}

/**
 * Brings a node of a file to the form computed here: steps first where it puts the batch first (layout 1), which
 * ONNX Runtime does not compute, and `hidden_size` filled in.
 */
export function importCell(op: string, call: ImportCall): readonly Value[] | undefined {
  const { layout = 0, ...attributes } = call.attributes;
  if (layout === 0 && attributes.hidden_size !== undefined) return undefined;
  const hidden_size = attributes.hidden_size ?? call.inputs[2]?.shape[2];
  const turned = (name: string | undefined) => layout !== 0 && (name === "X" || name?.startsWith("initial"));
  const inputs = call.inputs.map((v, i) => (v !== null && turned(inputNames[i]) ? transpose(v, [1, 0, 2]) : v));
  const outputs = emit(op, inputs, { ...attributes, hidden_size }, { outputs: call.outputCount });
  if (layout === 0) return outputs;
  return outputs.map((y, i) => transpose(y, i === 0 ? [2, 0, 1, 3] : [1, 0, 2]));
}

/** Multiply-adds of the products with W and R. */
export function cellMultiplyAdds({ steps, batch, input, hidden, directions }: CellSizes, gates: number): number {
  return steps * batch * directions * gates * hidden * (input + hidden);
}
