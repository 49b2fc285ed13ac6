/** @file Spectrum: how strong the waves of photographs are, by length and direction. */

export interface Spectrum {
  /** The lowest frequency that was measured, in cycles per pixel. The highest is √½, the corner's. */
  readonly lowest: number;
  /**
   * One table per axis of the decorrelated colours: a row per direction, a column per frequency, the root mean square
   * magnitude times the frequency, which for photographs is nearly the same everywhere. Rows are directions from 0 (the wave
   * runs to the right) to almost 180° (over down); columns grow by equal factors from `lowest` to √½. Only the ratios count.
   */
  readonly axes: readonly (readonly (readonly number[])[])[];
}

const highestFrequency = Math.SQRT1_2;

/** Where a wave of these cycles per pixel stands in a table: fractions of a row and of a column, the column within it. */
export function placeOf(right: number, down: number, table: { lowest: number; rows: number; columns: number }) {
  const { lowest, rows, columns } = table;
  const angle = Math.atan2(down, right);
  const row = ((angle / Math.PI) * rows + 2 * rows) % rows;
  const frequency = Math.hypot(right, down);
  const octaves = Math.log2(highestFrequency / lowest);
  const column = columns === 1 ? 0 : (Math.log2(frequency / lowest) / octaves) * (columns - 1);
  return { row, column: Math.min(columns - 1, Math.max(0, column)), frequency };
}

/** The magnitude of a wave of these cycles per pixel; below the lowest measured frequency it grows as 1/frequency. */
export function magnitude({ lowest, axes }: Spectrum, axis: number, right: number, down: number): number {
  const table = axes[axis];
  const [rows, columns] = [table.length, table[0].length];
  const { row, column, frequency } = placeOf(right, down, { lowest, rows, columns });
  const [above, left] = [Math.floor(row), Math.min(Math.floor(column), Math.max(0, columns - 2))];
  const [u, v] = [column - left, row - above];
  const along = (r: number) => (1 - u) * table[r % rows][left] + u * table[r % rows][Math.min(columns - 1, left + 1)];
  return ((1 - v) * along(above) + v * along(above + 1)) / frequency;
}
