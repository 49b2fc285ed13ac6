/** @file alongAxes: pictures mixed along each of their axes by a matrix; exact, and so is the way back. */
import { build, type Value } from "@noema/engine";

/**
 * @param pictures …×H×W
 * @param down H×H, a row for each row that is shown
 * @param across W×W, a row for each column that is shown
 */
export function alongAxes(pictures: Value, down: Value, across: Value): Value {
  return build.matmul(down, build.matmul(pictures, build.transpose(across, [1, 0])));
}

/** Row by row, what `weigh` adds to columns. */
export function mixture(size: number, weigh: (row: number, add: (column: number, weight: number) => void) => void) {
  const matrix = new Float32Array(size * size);
  for (let row = 0; row < size; row++) {
    weigh(row, (column, weight) => {
      matrix[row * size + column] += weight;
    });
  }
  return matrix;
}
