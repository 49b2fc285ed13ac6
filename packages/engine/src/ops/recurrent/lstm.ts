/**
 * @file LSTM: i, o, f = f(W x + R h₋₁ + P c + b), c = f c₋₁ + i g(W x + R h₋₁ + b), h = o h(c); peepholes P of i and f
 * look at c₋₁, that of o at c. With input_forget, f = 1 − i.
 */
import { int } from "../../graph/attribute.js";
import { add, concat, matmul, mul, slice, split, sub, where } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { fed, uniform } from "../case.js";
import { cellCases } from "./cell-case.js";
import {
  before,
  type CellDirection,
  cellGradient,
  type DirectionGradient,
  gateInputs,
  gatesOf,
  sumOfProducts,
  whereLive,
} from "./cell-gradient.js";
import { cellAttributes, cellMultiplyAdds, cellSizes, cellTypes, importCell } from "./cell-inputs.js";
import { cellOracle, type OracleState, type OracleStep } from "./cell-oracle.js";
import { recur } from "./recurrence.js";

const defaults = ["Sigmoid", "Tanh", "Tanh"];

/** T×N×H: the memory after each step. The operator puts out only the last one. */
function memories(cell: CellDirection, gateIn: Value, coupled: boolean): Value {
  const { live, reverse, peepholes, c0, sizes } = cell;
  const [f, g] = cell.activations;
  const [iIn, , fIn, cIn] = gatesOf(gateIn, 4) as [Value, Value, Value, Value];
  const along = { states: [c0], backward: reverse };
  if (peepholes === null) {
    const i = f!.of(iIn);
    const kept = coupled ? sub(1, i) : f!.of(fIn);
    const { outputs } = recur({
      ...along,
      sequences: [whereLive(live, kept, 1), whereLive(live, mul(i, g!.of(cIn)), 0)],
      step: ([c], [keptNow, added]) => {
        const next = add(mul(c!, keptNow!), added!);
        return { states: [next], outputs: [next] };
      },
    });
    return outputs[0]!;
  }
  const [pI, , pF] = split(peepholes, [sizes.hidden, sizes.hidden, sizes.hidden], 0) as [Value, Value, Value];
  const { outputs } = recur({
    ...along,
    sequences: [iIn, fIn, g!.of(cIn), ...(live === null ? [] : [live])],
    step: ([c], [iNow, fNow, added, liveNow]) => {
      const i = f!.of(add(iNow!, mul(c!, pI)));
      const kept = coupled ? sub(1, i) : f!.of(add(fNow!, mul(c!, pF)));
      const next = add(mul(c!, kept), mul(i, added!));
      const held = liveNow ? where(liveNow, next, c!) : next;
      return { states: [held], outputs: [held] };
    },
  });
  return outputs[0]!;
}

function directionGradient(cell: CellDirection, coupled: boolean): DirectionGradient {
  const { x, w, r: weights, wBias, rBias, peepholes, hBefore, live, reverse, gY, gH, gC, c0, sizes } = cell;
  const { hidden } = sizes;
  const [f, g, h] = cell.activations;
  const bias = wBias === null ? null : add(wBias, rBias!);
  const allIn = add(gateInputs(x, w, bias), gateInputs(hBefore, weights, null));
  const c = memories(cell, allIn, coupled);
  const cBefore = before(c, c0, reverse, null);
  const [pI, pO, pF] =
    peepholes === null ? [] : (split(peepholes, [hidden, hidden, hidden], 0) as [Value, Value, Value]);

  const seen = pI ? concat([mul(cBefore, pI), mul(c, pO!), mul(cBefore, pF!)], 2) : null;
  const plainIn = slice(allIn, [0], [3 * hidden], [2]);
  const gateIn = seen === null ? plainIn : add(plainIn, seen);
  const newIn = slice(allIn, [3 * hidden], [4 * hidden], [2]);
  const gates = f!.of(gateIn);
  const [i, o, forget] = gatesOf(gates, 3) as [Value, Value, Value];
  const fresh = g!.of(newIn);
  const shown = h!.of(c);

  // d c / d what goes into each gate; for o, d h.
  const slopes = gatesOf(f!.slope(gateIn, gates), 3) as [Value, Value, Value];
  const kept = coupled ? sub(1, i) : forget;
  const toI = whereLive(live, mul(coupled ? sub(fresh, cBefore) : fresh, slopes[0]), 0);
  const toO = whereLive(live, mul(shown, slopes[1]), 0);
  const toF = coupled ? mul(slopes[2], 0) : whereLive(live, mul(cBefore, slopes[2]), 0);
  const toNew = whereLive(live, mul(i, g!.slope(newIn, fresh)), 0);
  const plainShown = whereLive(live, mul(o, h!.slope(c, shown)), 0);
  const plainKept = whereLive(live, kept, 1);
  const toShown = pO ? add(plainShown, mul(toO, pO)) : plainShown;
  const toKept = pI ? add(plainKept, add(mul(toI, pI), mul(toF, pF!))) : plainKept;
  const ended = live === null ? [] : [where(live, 0, 1)];

  const { states, outputs } = recur({
    states: [gH, gC],
    sequences: [gY, toShown, toKept, concat([toI, toO, toF, toNew], 2), ...ended],
    backward: !reverse,
    step: ([laterH, laterC], [gNow, toShownNow, toKeptNow, factors, endedNow]) => {
      const gh = add(gNow!, laterH!);
      const gc = add(laterC!, mul(gh, toShownNow!));
      const gGates = mul(concat([gc, gh, gc, gc], gh.rank - 1), factors!);
      const earlier = matmul(gGates, weights);
      return {
        states: [endedNow ? add(earlier, mul(gh, endedNow)) : earlier, mul(gc, toKeptNow!)],
        outputs: [gGates],
      };
    },
  });
  const throughW = outputs[0]!;
  return {
    throughW,
    h0: states[0]!,
    c0: states[1]!,
    peepholes: () => {
      const [gI, gO, gF] = gatesOf(throughW, 4) as [Value, Value, Value, Value];
      return concat([sumOfProducts(gI, cBefore), sumOfProducts(gO, c), sumOfProducts(gF, cBefore)], 0);
    },
  };
}

function oracleStep(at: OracleStep, coupled: boolean): OracleState {
  const { hidden, h, c, fromX, fromH, peephole } = at;
  const [f, g, show] = at.activations;
  const inside = (row: number) => fromX(row) + fromH(row, h);
  const memory = c.map((ck, k) => {
    const i = f!.oracle(inside(k) + peephole(k) * ck);
    const kept = coupled ? 1 - i : f!.oracle(inside(2 * hidden + k) + peephole(2 * hidden + k) * ck);
    return kept * ck + i * g!.oracle(inside(3 * hidden + k));
  });
  return {
    h: memory.map((ck, k) => f!.oracle(inside(hidden + k) + peephole(hidden + k) * ck) * show!.oracle(ck)),
    c: memory,
  };
}

export const LSTM = defineOp({
  name: "LSTM",
  since: 14,
  attributes: { ...cellAttributes, input_forget: int(0) },
  shape: (inputs, attributes, count) => cellTypes(cellSizes(inputs, 4, attributes), count),
  gradient: (call) => {
    const coupled = call.attributes.input_forget !== 0;
    return cellGradient(call, 4, defaults, (cell) => directionGradient(cell, coupled));
  },
  oracle: (inputs, attributes, types) =>
    cellOracle(inputs, attributes, {
      gates: 4,
      defaults,
      step: (at) => oracleStep(at, attributes.input_forget !== 0),
    }).slice(0, types.length),
  multiplyAdds: (inputs, _, attributes) => cellMultiplyAdds(cellSizes(inputs, 4, attributes), 4),
  import: (call) => importCell("LSTM", call),
  cases: cellCases([
    { inputs: [uniform([3, 2, 3]), uniform([1, 16, 3]), uniform([1, 16, 4])], outputs: 3, note: "no bias" },
    {
      inputs: [
        uniform([3, 2, 2]),
        uniform([2, 12, 2]),
        uniform([2, 12, 3]),
        uniform([2, 24]),
        fed([3, 2], [2], "int32"),
        uniform([2, 2, 3]),
        uniform([2, 2, 3]),
        uniform([2, 9]),
      ],
      attributes: { direction: "bidirectional" },
      outputs: 3,
      note: "bidirectional, of different lengths, peepholes",
    },
    {
      inputs: [
        uniform([3, 2, 2]),
        uniform([1, 12, 2]),
        uniform([1, 12, 3]),
        null,
        fed([1, 3], [2], "int32"),
        null,
        uniform([1, 2, 3]),
      ],
      attributes: { direction: "reverse" },
      outputs: 3,
      note: "reverse, of different lengths",
    },
    {
      inputs: [uniform([10, 1, 2]), uniform([1, 8, 2]), uniform([1, 8, 2]), uniform([1, 16])],
      outputs: 3,
      note: "past the unrolled length",
    },
    {
      inputs: [
        uniform([10, 2, 2]),
        uniform([1, 8, 2]),
        uniform([1, 8, 2]),
        uniform([1, 16]),
        fed([10, 4], [2], "int32"),
        uniform([1, 2, 2]),
        uniform([1, 2, 2]),
        uniform([1, 6]),
      ],
      attributes: { direction: "reverse" },
      outputs: 3,
      note: "everything, past the unrolled length",
    },
    {
      inputs: [
        uniform([2, 2, 2]),
        uniform([1, 8, 2]),
        uniform([1, 8, 2]),
        uniform([1, 16]),
        null,
        uniform([1, 2, 2]),
        uniform([1, 2, 2]),
        uniform([1, 6]),
      ],
      attributes: { input_forget: 1 },
      note: "input_forget",
    },
    {
      inputs: [uniform([2, 2, 2]), uniform([1, 8, 2]), uniform([1, 8, 2]), uniform([1, 16])],
      attributes: { activations: ["HardSigmoid", "Softsign", "Affine"], activation_alpha: [0.3, 0.9], clip: 1.5 },
      outputs: 3,
      note: "other activations, clip",
    },
  ]),
});
