/** @file Rows of numbers, such as the channels of a layer at many positions of many pictures; their means and covariance. */
import { NoemaError } from "@noema/engine";

/** rows × columns numbers, row by row. */
export interface Rows {
  readonly data: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/** The mean of each column. */
export function columnMeans({ data, rows, columns }: Rows): Float64Array {
  const means = new Float64Array(columns);
  for (let at = 0, row = 0; row < rows; row++) for (let i = 0; i < columns; i++) means[i] += data[at++];
  return means.map((sum) => sum / rows);
}

/** columns × columns: the products of centred columns, averaged over the rows (divided by their number). */
export function covariance(given: Rows, means = columnMeans(given)): Float64Array {
  const { data, rows, columns } = given;
  const result = new Float64Array(columns * columns);
  // Four rows at a time: the sums are read and written a quarter as often.
  const four = Array.from({ length: 4 }, () => new Float64Array(columns));
  for (let row = 0; row < rows; row += 4) {
    four.forEach((values, r) => {
      const from = (row + r) * columns;
      for (let i = 0; i < columns; i++) values[i] = row + r < rows ? data[from + i] - means[i] : 0;
    });
    const [a, b, c, d] = four;
    for (let i = 0; i < columns; i++) {
      const [ai, bi, ci, di] = [a[i], b[i], c[i], d[i]];
      const at = i * columns;
      for (let j = 0; j <= i; j++) result[at + j] += ai * a[j] + bi * b[j] + ci * c[j] + di * d[j];
    }
  }
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) {
      result[i * columns + j] /= rows;
      result[j * columns + i] = result[i * columns + j];
    }
  }
  return result;
}

/** Every `ceil(rows / most)`th row, so that there are no more than `most`. */
export function thinned(given: Rows, most: number): Rows {
  const step = Math.ceil(given.rows / most);
  if (step <= 1) return given;
  const { data, rows, columns } = given;
  const count = Math.ceil(rows / step);
  const kept = new Float32Array(count * columns);
  for (let i = 0; i < count; i++) kept.set(data.subarray(i * step * columns, (i * step + 1) * columns), i * columns);
  return { data: kept, rows: count, columns };
}

/** The vector at length 1; one of zeros stays so. */
export function unitLength(vector: ArrayLike<number>): Float32Array {
  let square = 0;
  for (let i = 0; i < vector.length; i++) square += vector[i] * vector[i];
  const length = Math.sqrt(square);
  return Float32Array.from(vector, (v) => (length > 0 ? v / length : 0));
}

/**
 * Refuses to look for more directions than there are columns, or than the rows can tell apart.
 *
 * @throws NoemaError DIRECTIONS_MANY
 */
export function checkDirectionCount(count: number, { rows, columns }: Rows): void {
  if (Number.isInteger(count) && count >= 1 && count <= columns && count < rows) return;
  throw new NoemaError("DIRECTIONS_MANY", {
    where: `${count} directions`,
    found: `${rows} rows of ${columns} channels`,
    needed: `at least 1, at most ${Math.max(0, Math.min(columns, rows - 1))} of them`,
  });
}
