/** @file measuresInWords: the numbers of a run, a line each. */
import type { Measures } from "../training/measure.js";
import type { OpenRun } from "../training/open-run.js";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

export function measuresInWords({ file }: OpenRun, { leakage, judged, scores }: Measures): string[] {
  const { accuracy, "squared-error": error, "cross-covariance": covariance } = file.figures;
  const lines = [
    `accuracy ${percent(accuracy)}, squared error ${error.toPrecision(4)} a picture, cross-covariance ${covariance.toPrecision(3)}`,
    `leakage: linear probe ${percent(leakage.linear)}, probe with a hidden layer ${percent(leakage.hidden)}, chance ${percent(leakage.chance)}`,
  ];
  if (judged !== undefined) {
    const { transfer, sweep, kept } = judged;
    const of = ({ label, kept: stays, both }: typeof transfer.rebuilt) =>
      `both ${percent(both)} (${file.label} ${percent(label)}, ${kept} ${percent(stays)})`;
    lines.push(
      `transfer of ${transfer.count}: ${of(transfer.transferred)}; rebuilt: ${of(transfer.rebuilt)}; the pictures themselves: ${of(transfer.pictures)}`,
      `sweeps: the logit rises from −1 to 1 in ${percent(sweep.rises)}, at every value between in ${percent(sweep.risesThroughout)}, with every label in ${percent(sweep.risesForAll)} of pictures`,
      `${kept} in sweeps: ${sweep.values.map((value, i) => `${value}: ${percent(sweep.kept[i])}`).join(", ")}`,
    );
  }
  if (scores !== null) {
    const metrics = scores.metrics.flatMap(({ title, score, chance }) =>
      score === null
        ? []
        : [`${title} ${score.toFixed(3)}${chance === null ? "" : ` (shuffled ${chance.toFixed(3)})`}`],
    );
    lines.push(`${scores.factors.join(", ")} in the latents: ${metrics.join(", ")}`);
  }
  return lines;
}
