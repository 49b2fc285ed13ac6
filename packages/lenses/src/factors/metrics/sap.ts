/**
 * @file SAP: Separated Attribute Predictability. Of each factor, how much better its best latent predicts it than its second best.
 *
 * Kumar, Sattigeri and Balakrishnan 2018, "Variational Inference of Disentangled Latent Concepts from Unlabeled Observations"
 * (arXiv 1711.00848), section 3. A factor that is a quantity is predicted linearly, and S is R², the squared correlation. Of any
 * other factor S is the balanced accuracy of thresholds on the latent, which is the paper's definition; disentanglement_lib takes
 * the accuracy of linear support vector machines, one against all others, which cannot tell a value in the middle from those
 * on both sides, so that a latent equal to a factor of ten values fails there. Here thresholds are fitted on one half of the
 * pictures and measured on the other.
 *
 * Balanced accuracy is 1 / V by chance, for V values, and the second best has it at least: a perfect representation
 * gets 1 − 1 / V, not 1. `highest` is that number, and the paper's definition is kept.
 */
import type { Random } from "@noema/engine";
import { defineMetric, type MetricScore } from "./metric.js";
import { randomHalves } from "./random-halves.js";
import { checked, type Representation, type VaryingFactor } from "./representation.js";
import { sortedRows } from "./sorted-rows.js";
import { balancedAccuracy, fitThresholds } from "./threshold-classifier.js";

export const sapMetric = defineMetric({
  name: "sap",
  title: "SAP score",
  says: "Each factor can be predicted from one latent, and from no other as well.",
  source: "Kumar et al. 2018, arXiv 1711.00848",
  measure: (representation, random) => sap(representation, random),
});

/**
 * The second best is taken to predict no worse than a constant: R² of 0, or an accuracy of 1 / values. That is also what it is
 * where there is a single latent.
 *
 * @throws NoemaError as `checked`
 */
export function sap(representation: Representation, random: Random): MetricScore {
  const input = checked(representation);
  const { fitting, measuring } = randomHalves(input.pictures, random);
  const latents = input.columns.length;
  const values = new Float64Array(input.factors.length * latents);
  input.columns.forEach((column, j) => {
    const sorted = sortedRows(column, fitting);
    input.factors.forEach((factor, k) => {
      const latent = { column, of: factor.of, count: factor.count };
      values[k * latents + j] = factor.amounts
        ? squaredCorrelation(column, factor.amounts)
        : balancedAccuracy(fitThresholds(latent, sorted), latent, measuring);
    });
  });
  const constant = (factor: VaryingFactor) => (factor.amounts ? 0 : 1 / factor.count);
  const byFactor = Float64Array.from(input.factors, (factor, k) => {
    const [best, second] = values.slice(k * latents, (k + 1) * latents).sort((a, b) => b - a);
    return Math.max(0, best - Math.max(second ?? 0, constant(factor)));
  });
  const mean = (numbers: Float64Array) => numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
  return {
    score: mean(byFactor),
    highest: mean(Float64Array.from(input.factors, (factor) => 1 - constant(factor))),
    figures: {},
    factors: input.factors.map(({ name }) => name),
    byFactor,
    matrix: { name: "predictability", unit: "balanced accuracy, or R² of quantities", values },
    notes:
      latents > 1
        ? input.notes
        : [...input.notes, "There is one latent: the second best was taken to predict as a constant does."],
  };
}

/** R² of linear regression of one on the other; 0 of a constant. */
function squaredCorrelation(column: Float32Array, amounts: Float64Array): number {
  const count = column.length;
  let [meanX, meanY] = [0, 0];
  for (let i = 0; i < count; i++) {
    meanX += column[i] / count;
    meanY += amounts[i] / count;
  }
  let [xx, xy, yy] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const [x, y] = [column[i] - meanX, amounts[i] - meanY];
    xx += x * x;
    xy += x * y;
    yy += y * y;
  }
  // Of a constant, rounding of its mean leaves this much.
  return xx <= count * (1e-12 * meanX) ** 2 ? 0 : Math.min(1, ((xy / xx) * xy) / yy);
}
