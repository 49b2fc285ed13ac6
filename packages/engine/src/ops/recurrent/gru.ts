/**
 * @file GRU: z = f(Wz x + Rz h₋₁ + b), r = f(Wr x + Rr h₋₁ + b), n = g(Wh x + b + Rh (r h₋₁)), or, with
 * linear_before_reset, n = g(Wh x + Wb + r (Rh h₋₁ + Rb)); h = (1 − z) n + z h₋₁.
 */
import { int } from "../../graph/attribute.js";
import { add, concat, matmul, mul, slice, sub } from "../../graph/builder.js";
import { defineOp } from "../../graph/op.js";
import type { Value } from "../../graph/value.js";
import { fed, uniform } from "../case.js";
import { cellCases } from "./cell-case.js";
import {
  type CellDirection,
  cellGradient,
  type DirectionGradient,
  gateInputs,
  gatesOf,
  outerProducts,
  whereLive,
} from "./cell-gradient.js";
import { cellAttributes, cellMultiplyAdds, cellSizes, cellTypes, importCell } from "./cell-inputs.js";
import { cellOracle, type OracleState, type OracleStep } from "./cell-oracle.js";
import { recur } from "./recurrence.js";

const defaults = ["Sigmoid", "Tanh"];

const thrice = (v: Value) => concat([v, v, v], v.rank - 1);

/** Splits T×N×3H into its z and r gates together, and its h gate. */
function gatesAndNew(v: Value, hidden: number): readonly [Value, Value] {
  const axis = v.rank - 1;
  return [slice(v, [0], [2 * hidden], [axis]), slice(v, [2 * hidden], [3 * hidden], [axis])];
}

/** With linear_before_reset: everything a step does to the gradient is linear in that of h, by known factors. */
function linearGradient(cell: CellDirection): DirectionGradient {
  const { x, w, r: weights, wBias, rBias, hBefore, live, reverse, gY, gH, sizes } = cell;
  const [f, g] = cell.activations;
  const [xGates, xNew] = gatesAndNew(gateInputs(x, w, wBias), sizes.hidden);
  const [hGates, hNew] = gatesAndNew(gateInputs(hBefore, weights, rBias), sizes.hidden);
  const gateIn = add(xGates, hGates);
  const gates = f!.of(gateIn);
  const [z, r] = gatesOf(gates, 2) as [Value, Value];
  const [zSlope, rSlope] = gatesOf(f!.slope(gateIn, gates), 2) as [Value, Value];
  const newIn = add(xNew, mul(r, hNew));
  const fresh = g!.of(newIn);
  const toZ = mul(sub(hBefore, fresh), zSlope);
  const toNew = mul(sub(1, z), g!.slope(newIn, fresh));
  const toR = mul(mul(toNew, hNew), rSlope);
  const factors = whereLive(live, concat([toZ, toR, mul(toNew, r)], 2), 0);
  const { states, outputs } = recur({
    states: [gH],
    sequences: [gY, factors, whereLive(live, z, 1)],
    backward: !reverse,
    step: ([later], [gNow, factorsNow, zNow]) => {
      const gh = add(gNow!, later!);
      const earlier = add(matmul(mul(thrice(gh), factorsNow!), weights), mul(gh, zNow!));
      return { states: [earlier], outputs: [gh] };
    },
  });
  const all = thrice(outputs[0]!);
  const throughW = mul(all, whereLive(live, concat([toZ, toR, toNew], 2), 0));
  return { throughW, throughR: mul(all, factors), h0: states[0]! };
}

/** The standard form: the reset gate is inside the product with R. */
function nestedGradient(cell: CellDirection): DirectionGradient {
  const { x, w, r: weights, wBias, rBias, hBefore, live, reverse, gY, gH, sizes } = cell;
  const { hidden } = sizes;
  const [f, g] = cell.activations;
  const gateWeights = slice(weights, [0], [2 * hidden], [0]);
  const newWeights = slice(weights, [2 * hidden], [3 * hidden], [0]);
  const bias = wBias === null ? null : add(wBias, rBias!);
  const [xGates, xNew] = gatesAndNew(gateInputs(x, w, bias), hidden);
  const gateIn = add(xGates, gateInputs(hBefore, gateWeights, null));
  const gates = f!.of(gateIn);
  const [z, r] = gatesOf(gates, 2) as [Value, Value];
  const [zSlope, rSlope] = gatesOf(f!.slope(gateIn, gates), 2) as [Value, Value];
  const reset = mul(r, hBefore);
  const newIn = add(xNew, gateInputs(reset, newWeights, null));
  const fresh = g!.of(newIn);
  const toZ = whereLive(live, mul(sub(hBefore, fresh), zSlope), 0);
  const toNew = whereLive(live, mul(sub(1, z), g!.slope(newIn, fresh)), 0);
  const { states, outputs } = recur({
    states: [gH],
    sequences: [gY, toZ, toNew, mul(hBefore, rSlope), r, whereLive(live, z, 1)],
    backward: !reverse,
    step: ([later], [gNow, toZNow, toNewNow, toRNow, rNow, zNow]) => {
      const gh = add(gNow!, later!);
      const gNew = mul(gh, toNewNow!);
      const gReset = matmul(gNew, newWeights);
      const gGates = concat([mul(gh, toZNow!), mul(gReset, toRNow!)], gh.rank - 1);
      const direct = add(mul(gh, zNow!), mul(gReset, rNow!));
      return { states: [add(matmul(gGates, gateWeights), direct)], outputs: [gGates, gNew] };
    },
  });
  const [gGates, gNew] = outputs as [Value, Value];
  return {
    throughW: concat([gGates, gNew], 2),
    r: () => concat([outerProducts(gGates, hBefore), outerProducts(gNew, reset)], 0),
    h0: states[0]!,
  };
}

function oracleStep(at: OracleStep, linear: boolean): OracleState {
  const { hidden, h, c, fromX, fromH } = at;
  const [f, g] = at.activations;
  const gate = (row: number) => f!.oracle(fromX(row) + fromH(row, h));
  const z = Float64Array.from({ length: hidden }, (_, k) => gate(k));
  const r = Float64Array.from({ length: hidden }, (_, k) => gate(hidden + k));
  const reset = h.map((v, k) => r[k]! * v);
  const next = z.map((zk, k) => {
    const row = 2 * hidden + k;
    const inside = linear ? r[k]! * fromH(row, h) : fromH(row, reset);
    return (1 - zk) * g!.oracle(fromX(row) + inside) + zk * h[k]!;
  });
  return { h: next, c };
}

export const GRU = defineOp({
  name: "GRU",
  since: 14,
  attributes: { ...cellAttributes, linear_before_reset: int(0) },
  shape: (inputs, attributes, count) => cellTypes(cellSizes(inputs, 3, attributes), Math.min(count, 2)),
  gradient: (call) =>
    cellGradient(call, 3, defaults, call.attributes.linear_before_reset ? linearGradient : nestedGradient),
  oracle: (inputs, attributes, types) =>
    cellOracle(inputs, attributes, {
      gates: 3,
      defaults,
      step: (at) => oracleStep(at, attributes.linear_before_reset !== 0),
    }).slice(0, types.length),
  multiplyAdds: (inputs, _, attributes) => cellMultiplyAdds(cellSizes(inputs, 3, attributes), 3),
  import: (call) => importCell("GRU", call),
  cases: cellCases(
    [0, 1].flatMap((linear_before_reset) => [
      {
        inputs: [uniform([3, 2, 3]), uniform([1, 12, 3]), uniform([1, 12, 4])],
        attributes: { linear_before_reset },
        outputs: 2,
      },
      {
        inputs: [
          uniform([3, 2, 2]),
          uniform([2, 9, 2]),
          uniform([2, 9, 3]),
          uniform([2, 18]),
          fed([2, 3], [2], "int32"),
          uniform([2, 2, 3]),
        ],
        attributes: { linear_before_reset, direction: "bidirectional" },
        outputs: 2,
        note: `bidirectional, of different lengths, linear_before_reset ${linear_before_reset}`,
      },
      {
        inputs: [uniform([10, 1, 2]), uniform([1, 6, 2]), uniform([1, 6, 2]), uniform([1, 12])],
        attributes: { linear_before_reset, direction: "reverse" },
        note: `reverse, past the unrolled length, linear_before_reset ${linear_before_reset}`,
      },
      {
        inputs: [
          uniform([2, 2, 2]),
          uniform([1, 6, 2]),
          uniform([1, 6, 2]),
          uniform([1, 12]),
          null,
          uniform([1, 2, 2]),
        ],
        attributes: { linear_before_reset, activations: ["HardSigmoid", "Softsign"], clip: 3 },
        note: `other activations, clip, linear_before_reset ${linear_before_reset}`,
      },
    ]),
  ),
});
