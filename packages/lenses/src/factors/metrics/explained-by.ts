/** @file explainedBy: how much of each latent's variance each factor explains. */
import type { FactorMatrix } from "./metric.js";
import { checked, isConstant, type Representation } from "./representation.js";

export interface Explained {
  /** Names of the factors that vary among these pictures. */
  readonly factors: readonly string[];
  /** Factors × latents, 0..1. */
  readonly matrix: FactorMatrix;
}

/**
 * The share of a latent's variance that lies between the values of a factor rather than within them: ε² (Kelley 1935, "An unbiased
 * correlation ratio measure"), which unlike η² is 0 in the mean for a factor that explains nothing, however many values
 * it has. Less than 0 is given as 0. Factors that go together in these pictures explain the same variance, each for itself.
 *
 * @throws NoemaError as `checked`
 */
export function explainedBy(representation: Representation): Explained {
  const { pictures, columns, factors } = checked(representation);
  const values = new Float64Array(factors.length * columns.length);
  factors.forEach(({ of, count }, k) => {
    const counts = new Float64Array(count);
    for (const value of of) counts[value]++;
    columns.forEach((column, j) => {
      if (isConstant(column) || pictures <= count) return;
      const sums = new Float64Array(count);
      let [all, squares] = [0, 0];
      for (let i = 0; i < pictures; i++) {
        // From the first value on: large numbers that hardly differ would lose what they differ by.
        const v = column[i] - column[0];
        sums[of[i]] += v;
        all += v;
        squares += v * v;
      }
      const total = squares - (all * all) / pictures;
      let within = squares;
      for (let value = 0; value < count; value++) within -= (sums[value] * sums[value]) / counts[value];
      const unexplained = within / (pictures - count) / (total / (pictures - 1));
      values[k * columns.length + j] = Math.min(1, Math.max(0, 1 - unexplained));
    });
  });
  return {
    factors: factors.map(({ name }) => name),
    matrix: { name: "explained variance", unit: "share of the latent's variance", values },
  };
}
