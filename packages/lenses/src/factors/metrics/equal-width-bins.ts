/** @file equalWidthBins: which of so many equally wide bins between its smallest and largest value each number falls into. */

/**
 * As `numpy.histogram` and `numpy.digitize` do it in disentanglement_lib: bins are open above, but the last holds the
 * largest value. All bins of a constant but the first are empty.
 *
 * @returns 0 … bins − 1 for each value
 */
export function equalWidthBins(values: Float32Array, bins: number): Uint16Array {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < least) least = v;
    if (v > most) most = v;
  }
  const found = new Uint16Array(values.length);
  if (!(most > least)) return found;
  // Divided before it is multiplied: the width of one bin of very small numbers could vanish.
  for (let i = 0; i < values.length; i++) {
    found[i] = Math.min(bins - 1, Math.floor(((values[i] - least) / (most - least)) * bins));
  }
  return found;
}
