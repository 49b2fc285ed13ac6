/** @file RNN: h = f(W x + R h₋₁ + Wb + Rb). */
import { add, matmul, mul, where } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import { fed, uniform } from "../case.js";
import { cellCases } from "./cell-case.js";
import { type CellDirection, cellGradient, type DirectionGradient, gateInputs, whereLive } from "./cell-gradient.js";
import { cellAttributes, cellMultiplyAdds, cellSizes, cellTypes, importCell } from "./cell-inputs.js";
import { cellOracle } from "./cell-oracle.js";
import { recur } from "./recurrence.js";

const defaults = ["Tanh"];

function directionGradient(cell: CellDirection): DirectionGradient {
  const { x, w, r, wBias, rBias, hBefore, y, live, reverse, gY, gH } = cell;
  const [f] = cell.activations;
  const z = add(gateInputs(x, w, wBias), gateInputs(hBefore, r, rBias));
  const slope = whereLive(live, f!.slope(z, y), 0);
  const ended = live === null ? [] : [where(live, 0, 1)];
  const { states, outputs } = recur({
    states: [gH],
    sequences: [gY, slope, ...ended],
    backward: !reverse,
    step: ([later], [g, slopeNow, endedNow]) => {
      const gh = add(g!, later!);
      const gz = mul(gh, slopeNow!);
      const earlier = matmul(gz, r);
      return { states: [endedNow ? add(earlier, mul(gh, endedNow)) : earlier], outputs: [gz] };
    },
  });
  return { throughW: outputs[0]!, h0: states[0]! };
}

export const RNN = defineOp({
  name: "RNN",
  since: 14,
  attributes: cellAttributes,
  shape: (inputs, attributes, count) => cellTypes(cellSizes(inputs, 1, attributes), Math.min(count, 2)),
  gradient: (call) => cellGradient(call, 1, defaults, directionGradient),
  oracle: (inputs, attributes, types) =>
    cellOracle(inputs, attributes, {
      gates: 1,
      defaults,
      step: ({ hidden, activations: [f], h, c, fromX, fromH }) => ({
        h: Float64Array.from({ length: hidden }, (_, k) => f!.oracle(fromX(k) + fromH(k, h))),
        c,
      }),
    }).slice(0, types.length),
  multiplyAdds: (inputs, _, attributes) => cellMultiplyAdds(cellSizes(inputs, 1, attributes), 1),
  import: (call) => importCell("RNN", call),
  cases: cellCases([
    { inputs: [uniform([4, 2, 3]), uniform([1, 5, 3]), uniform([1, 5, 5])], outputs: 2, note: "no bias" },
    {
      inputs: [
        uniform([3, 2, 3]),
        uniform([2, 4, 3]),
        uniform([2, 4, 4]),
        uniform([2, 8]),
        fed([3, 1], [2], "int32"),
        uniform([2, 2, 4]),
      ],
      attributes: { direction: "bidirectional", activations: ["Sigmoid", "Softsign"] },
      outputs: 2,
      note: "bidirectional, of different lengths",
    },
    {
      inputs: [uniform([10, 1, 2]), uniform([1, 3, 2]), uniform([1, 3, 3]), uniform([1, 6])],
      attributes: { direction: "reverse" },
      note: "reverse, past the unrolled length",
    },
    ...[
      { activations: ["Affine"], activation_alpha: [0.7], activation_beta: [0.2] },
      { activations: ["LeakyRelu"], activation_alpha: [0.2] },
      { activations: ["ScaledTanh"], activation_alpha: [0.8], activation_beta: [1.3] },
      { activations: ["HardSigmoid"] },
      { activations: ["Elu"], activation_alpha: [0.6] },
      { activations: ["Softplus"] },
      { activations: ["Relu"] },
      { activations: ["ThresholdedRelu"], activation_alpha: [0.1] },
      { activations: ["Tanh"], clip: 0.8 },
    ].map((attributes) => ({
      inputs: [uniform([2, 2, 3]), uniform([1, 3, 3]), uniform([1, 3, 3]), uniform([1, 6], { high: 0.5 })],
      attributes,
    })),
  ]),
});
