/** @file Non-negative directions (NMF): parts of which the rows are sums, never differences. */
import { NoemaError, type Random } from "@noema/engine";
import { checkDirectionCount, type Rows, thinned, unitLength } from "./rows.js";

export interface NonnegativeDirections {
  /** Of length 1, without negative numbers. A part that no row needs any more is all zeros. */
  readonly directions: readonly Float32Array[];
  readonly iterations: number;
  /** The square of what the parts leave over, as a share of the rows' own. */
  readonly leftOver: number;
  /** How many of the rows were looked at. */
  readonly rows: number;
}

/** Stops when an iteration takes off less than this share of what is left over. */
const tolerance = 1e-4;
const maxIterations = 200;

/** One iteration then takes about a third of a second: rows beyond it are passed over evenly. */
const mostProducts = 1.5e8;

/** Below this share of the largest number, a negative one is rounding. */
const rounding = 1e-6;

/** Whether the rows hold no negative numbers: only such can be sums of non-negative parts. */
export function isNonnegative({ data }: Rows): boolean {
  let [least, most] = [0, 0];
  for (const v of data) {
    if (v < least) least = v;
    else if (v > most) most = v;
  }
  return least >= -rounding * most;
}

/**
 * Non-negative matrix factorization (Lee and Seung 1999) by hierarchical alternating least squares (Cichocki and Phan 2009,
 * "Fast local algorithms for large scale nonnegative matrix and tensor factorizations"), which converges in far fewer
 * iterations than Lee and Seung's multiplicative updates.
 *
 * Yields the share of the iterations done, so that the caller can show it, or stop.
 *
 * @throws NoemaError NOT_NONNEGATIVE, DIRECTIONS_MANY
 */
export function* nonnegativeDirections(
  given: Rows,
  count: number,
  random: Random,
): Generator<number, NonnegativeDirections> {
  if (!isNonnegative(given)) {
    throw new NoemaError("NOT_NONNEGATIVE", {
      where: "non-negative directions",
      found: "some of the numbers are negative",
      needed: "sums of non-negative parts have none: a layer after a ReLU",
    });
  }
  const rows = thinned(given, Math.max(2 * count, Math.floor(mostProducts / (given.columns * count))));
  checkDirectionCount(count, rows);
  const x = rows.data.map((v) => Math.max(v, 0));
  const own = x.reduce((sum, v) => sum + v * v, 0);
  // Random parts of about the rows' size, as scikit-learn's NMF begins (decomposition/_nmf.py).
  const spread = Math.sqrt(x.reduce((sum, v) => sum + v, 0) / x.length / count);
  const draw = (length: number) => Float64Array.from({ length }, () => spread * Math.abs(random.normal()));
  const parts = draw(count * rows.columns);
  const shares = draw(count * rows.rows);
  let [iterations, leftOver, converged] = [0, Number.POSITIVE_INFINITY, own === 0];
  while (iterations < maxIterations && !converged) {
    // Both factors are held part by part, so that one is the other's mirror.
    const toShares = products(x, parts, count, rows, "rows");
    improve(shares, toShares, inner(parts, count), count);
    const toParts = products(x, shares, count, rows, "columns");
    const sharesInner = inner(shares, count);
    improve(parts, toParts, sharesInner, count);
    iterations++;
    const left = own - 2 * dot(parts, toParts) + dot(sharesInner, inner(parts, count));
    converged = leftOver - left < tolerance * leftOver;
    leftOver = left;
    yield iterations / maxIterations;
  }
  const directions = Array.from({ length: count }, (_, k) =>
    unitLength(parts.subarray(k * rows.columns, (k + 1) * rows.columns)),
  );
  return { directions, iterations, leftOver: own === 0 ? 0 : Math.max(0, leftOver / own), rows: rows.rows };
}

/** count × rows: the rows along each part; or count × columns: the columns along each part's shares. */
function products(
  x: Float32Array,
  factor: Float64Array,
  count: number,
  { rows, columns }: Rows,
  of: "rows" | "columns",
) {
  const result = new Float64Array(count * (of === "rows" ? rows : columns));
  for (let r = 0; r < rows; r++) {
    const row = x.subarray(r * columns, (r + 1) * columns);
    for (let k = 0; k < count; k++) {
      if (of === "rows") {
        result[k * rows + r] = along(row, factor, k * columns);
      } else {
        const share = factor[k * rows + r];
        if (share === 0) continue;
        for (let c = 0, at = k * columns; c < columns; c++) result[at++] += share * row[c];
      }
    }
  }
  return result;
}

/** The product of a row and as many numbers from `at` on, in four sums: one would wait for itself at every step. */
function along(row: Float32Array, factor: Float64Array, at: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const whole = row.length & ~3;
  for (let i = 0; i < whole; i += 4) {
    a += row[i] * factor[at + i];
    b += row[i + 1] * factor[at + i + 1];
    c += row[i + 2] * factor[at + i + 2];
    d += row[i + 3] * factor[at + i + 3];
  }
  for (let i = whole; i < row.length; i++) a += row[i] * factor[at + i];
  return a + b + (c + d);
}

/** count × count: the factor's parts along each other. */
function inner(factor: Float64Array, count: number): Float64Array {
  const length = factor.length / count;
  const result = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let c = 0; c < length; c++) sum += factor[i * length + c] * factor[j * length + c];
      result[i * count + j] = sum;
      result[j * count + i] = sum;
    }
  }
  return result;
}

/** Each part in turn becomes the best one, the others as they are. */
function improve(factor: Float64Array, target: Float64Array, inner: Float64Array, count: number): void {
  const length = factor.length / count;
  const explained = new Float64Array(length);
  for (let k = 0; k < count; k++) {
    const own = inner[k * count + k];
    if (own <= 0) continue;
    explained.fill(0);
    for (let j = 0; j < count; j++) {
      const weight = inner[k * count + j];
      if (weight === 0) continue;
      for (let c = 0, at = j * length; c < length; c++) explained[c] += weight * factor[at++];
    }
    for (let c = 0, at = k * length; c < length; c++, at++) {
      factor[at] = Math.max(0, factor[at] + (target[at] - explained[c]) / own);
    }
  }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
