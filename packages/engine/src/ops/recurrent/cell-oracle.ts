/** @file The loops around one step of RNN, GRU and LSTM, in double precision. */
import { type Nd, ndZeros } from "../../graph/nd.js";
import { type CellActivation, type CellAttributes, cellActivations, directionsOf } from "./cell-activations.js";

/** What one step of one sequence sees. Rows are those of W, R and B: gate by gate. */
export interface OracleStep {
  readonly hidden: number;
  readonly activations: readonly CellActivation[];
  readonly h: Float64Array;
  readonly c: Float64Array;
  /** x · W[row] + Wb[row]. */
  readonly fromX: (row: number) => number;
  /** v · R[row] + Rb[row]. */
  readonly fromH: (row: number, v: Float64Array) => number;
  /** P[i], 0 where there are no peepholes. */
  readonly peephole: (i: number) => number;
}

export interface OracleState {
  readonly h: Float64Array;
  readonly c: Float64Array;
}

export interface OracleCell {
  readonly gates: number;
  readonly defaults: readonly string[];
  readonly step: (at: OracleStep) => OracleState;
}

/** Y, Y_h and Y_c. A sequence that has ended keeps its state, and Y is 0 from there on. */
export function cellOracle(inputs: readonly Nd[], attributes: CellAttributes, cell: OracleCell): Nd[] {
  const [x, w, r, b, lengths, h0, c0, p] = inputs as readonly (Nd | undefined)[];
  const [steps, batch, input] = x!.dims as [number, number, number];
  const hidden = r!.dims[2]!;
  const rows = cell.gates * hidden;
  const directions = directionsOf(attributes.direction);
  const activations = cellActivations(attributes, cell.defaults);
  const y = ndZeros([steps, directions.length, batch, hidden]);
  const last = [ndZeros([directions.length, batch, hidden]), ndZeros([directions.length, batch, hidden])] as const;
  directions.forEach((direction, d) => {
    for (let n = 0; n < batch; n++) {
      const at = (d * batch + n) * hidden;
      const state = (v: Nd | undefined) => v?.data.slice(at, at + hidden) ?? new Float64Array(hidden);
      let now: OracleState = { h: state(h0), c: state(c0) };
      const length = lengths?.data[n] ?? steps;
      for (let i = 0; i < length; i++) {
        const t = direction === "forward" ? i : length - 1 - i;
        now = cell.step({
          hidden,
          activations: activations[d]!,
          ...now,
          fromX: (row) =>
            dot(x!.data, (t * batch + n) * input, w!.data, (d * rows + row) * input, input) +
            (b?.data[d * 2 * rows + row] ?? 0),
          fromH: (row, v) =>
            dot(v, 0, r!.data, (d * rows + row) * hidden, hidden) + (b?.data[(d * 2 + 1) * rows + row] ?? 0),
          peephole: (k) => p?.data[d * 3 * hidden + k] ?? 0,
        });
        y.data.set(now.h, ((t * directions.length + d) * batch + n) * hidden);
      }
      last[0].data.set(now.h, at);
      last[1].data.set(now.c, at);
    }
  });
  return [y, ...last];
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += a[i + k]! * b[j + k]!;
  return sum;
}
