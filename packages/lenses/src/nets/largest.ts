/** @file largest: which number of each row is the largest one. */

/** Where each row of N×L is largest, 0 … L − 1; the first of equals. */
export function largest(rows: Float32Array, length: number): Int32Array {
  return Int32Array.from({ length: rows.length / length }, (_, i) => {
    let best = 0;
    for (let k = 1; k < length; k++) if (rows[i * length + k] > rows[i * length + best]) best = k;
    return best;
  });
}
