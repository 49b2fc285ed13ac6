/** @file Reading along an axis through a table of positions, and the way back: what edges of padded pictures share. */
import { add, concat, reduceSum, slice, zeros } from "../../graph/builder.js";
import type { Value } from "../../graph/value.js";

/** Consecutive entries of a table that stay, rise by one, or fall by one. */
interface Run {
  /** First entry, and one past the last. */
  readonly begin: number;
  readonly end: number;
  /** Positions that the run covers: from `low` to before `high`. */
  readonly low: number;
  readonly high: number;
  readonly direction: -1 | 0 | 1;
}

/** Positions in order as runs; entries below 0 come from nowhere and end a run. */
function runsOf(table: readonly number[]): Run[] {
  const runs: Run[] = [];
  for (let begin = 0; begin < table.length; ) {
    if (table[begin] < 0) {
      begin++;
      continue;
    }
    const stride = begin + 1 < table.length && table[begin + 1] >= 0 ? table[begin + 1] - table[begin] : 1;
    const direction = stride === 0 || stride === -1 ? stride : 1;
    let end = begin + 1;
    while (end < table.length && table[end] >= 0 && table[end] - table[end - 1] === direction) end++;
    const [first, last] = [table[begin], table[end - 1]];
    runs.push({ begin, end, low: Math.min(first, last), high: Math.max(first, last) + 1, direction });
    begin = end;
  }
  return runs;
}

/**
 * The transpose of reading x through a table (y[i] = x[table[i]] along the axis): for every position the sum of what
 * was read from it, as few slices of g, added where they overlap and joined.
 */
export function sumThroughTable(g: Value, axis: number, table: readonly number[], size: number): Value {
  const runs = runsOf(table);
  const cuts = [...new Set([0, size, ...runs.flatMap(({ low, high }) => [low, high])])].sort((a, b) => a - b);
  const pieces = cuts.slice(1).map((high, i) => {
    const low = cuts[i];
    const parts = runs.filter((run) => run.low <= low && run.high >= high).map((run) => part(g, axis, run, low, high));
    return parts.length > 0 ? parts.reduce(add) : zeros(g.shape.map((d, k) => (k === axis ? high - low : d)));
  });
  return concat(pieces, axis);
}

/** What one run gives to the positions from `low` to before `high`. */
function part(g: Value, axis: number, run: Run, low: number, high: number): Value {
  if (run.direction === 0) return reduceSum(slice(g, [run.begin], [run.end], [axis]), [axis]);
  if (run.direction === 1) return slice(g, [run.begin + low - run.low], [run.begin + high - run.low], [axis]);
  const first = run.begin + run.high - 1 - low;
  const past = run.begin + run.high - 1 - high;
  return slice(g, [first], [past < 0 ? -(2 ** 63) : past], [axis], [-1]);
}
