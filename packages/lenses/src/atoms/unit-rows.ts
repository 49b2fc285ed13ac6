/** @file unitRows: rows of length 1, as atoms are. */

/** @returns how long it was; one of length 0 is left as it is */
export function scaleToOne(row: Float32Array): number {
  let square = 0;
  for (let i = 0; i < row.length; i++) square += row[i] * row[i];
  const size = Math.sqrt(square);
  if (size > 0) for (let i = 0; i < row.length; i++) row[i] /= size;
  return size;
}

/**
 * Each row, in its place, as `scaleToOne`.
 *
 * @returns how long they were
 */
export function unitRows(rows: Float32Array, length: number): Float64Array {
  return Float64Array.from({ length: rows.length / length }, (_, n) =>
    scaleToOne(rows.subarray(n * length, (n + 1) * length)),
  );
}
