/**
 * @file Threshold classifier: the intervals of one latent, each with a value of a factor, that get most pictures right.
 *
 * "Right" is balanced: every value of the factor counts the same, however many pictures have it. The best intervals are found
 * by dynamic programming over the places where a threshold may stand (Fisher 1958, "On grouping for maximum homogeneity").
 */

export interface ThresholdClassifier {
  /** Rising: an interval reaches from one to the next, the lower end belonging to it. */
  readonly thresholds: Float64Array;
  /** The value of each interval: one more than there are thresholds. */
  readonly values: Int32Array;
}

export interface LabelledLatent {
  readonly column: Float32Array;
  /** Which value of the factor each picture has: 0 … count − 1. */
  readonly of: Int32Array;
  readonly count: number;
}

/** Where runs of one value are more than this, neighbours are put together before the search, which is then refined. */
const mostCells = 64;

/**
 * As many intervals as the factor has values, or fewer where that is as good.
 *
 * @param sorted pictures by rising latent
 */
export function fitThresholds({ column, of, count }: LabelledLatent, sorted: Uint32Array): ThresholdClassifier {
  const weights = balancedWeights(of, count, sorted);
  const runs = valueRuns(column, of, sorted);
  const exact = runs.length <= mostCells;
  const cells = exact ? runs : joined(runs, sorted.length / mostCells);
  const starts = bestIntervals(cells, of, weights, sorted);
  if (!exact) refine(starts, runs, of, weights, sorted);
  return {
    thresholds: Float64Array.from(starts.slice(1), ({ from }) => (column[sorted[from - 1]] + column[sorted[from]]) / 2),
    values: Int32Array.from(starts, ({ value }) => value),
  };
}

/** The mean over values of the share of their pictures that are told right: 1 / values by chance. */
export function balancedAccuracy(
  { thresholds, values }: ThresholdClassifier,
  { column, of, count }: LabelledLatent,
  pictures: Uint32Array,
): number {
  const [right, all] = [new Uint32Array(count), new Uint32Array(count)];
  for (const picture of pictures) {
    let [low, high] = [0, thresholds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (column[picture] >= thresholds[middle]) low = middle + 1;
      else high = middle;
    }
    all[of[picture]]++;
    if (values[low] === of[picture]) right[of[picture]]++;
  }
  let [sum, present] = [0, 0];
  for (let value = 0; value < count; value++) {
    if (all[value] === 0) continue;
    sum += right[value] / all[value];
    present++;
  }
  return sum / present;
}

/** An interval: its first place in the sorted order, and its value. */
interface Interval {
  readonly from: number;
  readonly value: number;
}

function balancedWeights(of: Int32Array, count: number, sorted: Uint32Array): Float64Array {
  const counts = new Float64Array(count);
  for (const picture of sorted) counts[of[picture]]++;
  return counts.map((number) => (number > 0 ? 1 / number : 0));
}

/**
 * Places at which a run begins: between equal latents no threshold can stand, and between pictures of one value none need.
 */
function valueRuns(column: Float32Array, of: Int32Array, sorted: Uint32Array): number[] {
  const starts = [0];
  // The value of all pictures of the run so far, or −1 where they have several.
  let run = of[sorted[0]];
  for (let from = 0; from < sorted.length; ) {
    let [to, group] = [from, of[sorted[from]]];
    for (; to < sorted.length && column[sorted[to]] === column[sorted[from]]; to++) {
      if (of[sorted[to]] !== group) group = -1;
    }
    if (from > 0 && (group !== run || group < 0)) starts.push(from);
    run = group;
    from = to;
  }
  return starts;
}

/** Neighbouring cells put together until each has so many pictures. */
function joined(starts: readonly number[], pictures: number): number[] {
  const kept = [0];
  for (const start of starts) if (start - kept[kept.length - 1] >= pictures) kept.push(start);
  return kept;
}

/** The intervals, made of whole cells, whose pictures weigh most where they have the interval's value. */
function bestIntervals(
  cells: readonly number[],
  of: Int32Array,
  weights: Float64Array,
  sorted: Uint32Array,
): Interval[] {
  const size = cells.length;
  const sums = new Float64Array(weights.length);
  const contents = cells.map((from, cell) => weighed(of, weights, sorted.subarray(from, cells[cell + 1]), sums));
  // At a × size + b: the weight of cells a … b as one interval, and its value.
  const [gain, values] = [new Float64Array(size * size), new Int32Array(size * size)];
  for (let a = 0; a < size; a++) {
    sums.fill(0);
    let best = contents[a].values[0];
    for (let b = a; b < size; b++) {
      const content = contents[b];
      for (let i = 0; i < content.values.length; i++) {
        const value = content.values[i];
        sums[value] += content.weights[i];
        if (sums[value] > sums[best]) best = value;
      }
      gain[a * size + b] = sums[best];
      values[a * size + b] = best;
    }
  }
  const most = Math.min(weights.length, size);
  // By number of intervals: the most weight of cells 0 … b, and where the last interval begins.
  let reached = gain.slice(0, size);
  const begins: Int32Array[] = [new Int32Array(size)];
  const finals = [reached[size - 1]];
  for (let intervals = 2; intervals <= most; intervals++) {
    const [next, begin] = [new Float64Array(size).fill(-1), new Int32Array(size)];
    for (let b = intervals - 1; b < size; b++) {
      for (let a = intervals - 1; a <= b; a++) {
        const sum = reached[a - 1] + gain[a * size + b];
        if (sum > next[b]) {
          next[b] = sum;
          begin[b] = a;
        }
      }
    }
    reached = next;
    begins.push(begin);
    finals.push(next[size - 1]);
  }
  // More intervals than needed would differ by rounding only.
  const enough = Math.max(...finals) - 1e-9;
  const found: Interval[] = [];
  for (let intervals = finals.findIndex((sum) => sum >= enough), b = size - 1; intervals >= 0; intervals--) {
    const a = begins[intervals][b];
    found.unshift({ from: cells[a], value: values[a * size + b] });
    b = a - 1;
  }
  return found;
}

/** The values of some pictures, each once, and what its pictures weigh together. */
function weighed(of: Int32Array, weights: Float64Array, pictures: Uint32Array, sums: Float64Array) {
  const values: number[] = [];
  for (const picture of pictures) {
    const value = of[picture];
    if (sums[value] === 0) values.push(value);
    sums[value] += weights[value];
  }
  const together = values.map((value) => sums[value]);
  for (const value of values) sums[value] = 0;
  return { values, weights: together };
}

/** Moves each threshold, in turn, to the best place between its neighbours: cells put together hid where it is. */
function refine(
  intervals: Interval[],
  runs: readonly number[],
  of: Int32Array,
  weights: Float64Array,
  sorted: Uint32Array,
): void {
  let run = 0;
  for (let i = 1; i < intervals.length; i++) {
    const [from, to] = [intervals[i - 1].from, intervals[i + 1]?.from ?? sorted.length];
    const [left, right] = [intervals[i - 1].value, intervals[i].value];
    let [sum, best, at] = [0, Number.NEGATIVE_INFINITY, intervals[i].from];
    while (runs[run] <= from) run++;
    let next = run;
    for (let place = from; place < to && next < runs.length; place++) {
      if (place === runs[next]) {
        if (sum > best + 1e-12) [best, at] = [sum, place];
        next++;
      }
      const value = of[sorted[place]];
      if (value === left) sum += weights[value];
      else if (value === right) sum -= weights[value];
    }
    intervals[i] = { from: at, value: right };
  }
}
