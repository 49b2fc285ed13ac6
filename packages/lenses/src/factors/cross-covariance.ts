/** @file crossCovarianceOf: how far labels and latents vary together, as a number of given arrays. */

/** C = ½ Σij [ (1/N) Σn (aᵢ − mean)(bⱼ − mean) ]² of N×I and N×J numbers (Cheung et al. 2014). */
export function crossCovarianceOf(a: Float32Array, b: Float32Array, count: number): number {
  const [columns, others] = [centred(a, count), centred(b, count)];
  let sum = 0;
  for (const left of columns) {
    for (const right of others) {
      let covariance = 0;
      for (let n = 0; n < count; n++) covariance += left[n] * right[n];
      sum += (covariance / count) ** 2;
    }
  }
  return sum / 2;
}

/** Column by column. */
function centred(rows: Float32Array, count: number): Float64Array[] {
  const width = rows.length / count;
  return Array.from({ length: width }, (_, k) => {
    const column = Float64Array.from({ length: count }, (_, n) => rows[n * width + k]);
    const mean = column.reduce((x, y) => x + y, 0) / count;
    return column.map((value) => value - mean);
  });
}
